//! Being told to stop.

use crate::surroundings::on_github;

/// Waits for Ctrl-C, or on Unix for the polite signal of a supervisor or, in a workflow, for the end of the line.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            // Elsewhere `nohup` has its say.
            let mut hangup = signal(SignalKind::hangup()).ok().filter(|_| on_github());
            let hung_up = async {
                match &mut hangup {
                    Some(hangup) => _ = hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
                () = hung_up => {}
            }
            return;
        }
    }
    // Where no handler can be installed the system's own handling of Ctrl-C ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
