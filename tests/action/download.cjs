// Asks the launcher's own download for each of these paths, on a server of this process. Arguments: the launcher's file.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { download } = require(process.argv[2]);

const plain = http.createServer((_, answer) => answer.end('over http'));
const answers = {
  '/whole': (answer) => answer.end('the program'),
  '/moved': (answer, here) => answer.writeHead(302, { location: `${here}/whole` }).end(),
  '/moved-to-http': (answer) => answer.writeHead(302, { location: `http://localhost:${plain.address().port}/` }).end(),
  '/round-and-round': (answer) => answer.writeHead(302, { location: '/round-and-round' }).end(),
  '/missing': (answer) => answer.writeHead(404).end(),
  '/endless': (answer) => {
    const chunk = Buffer.alloc(1024 * 1024);
    const more = () => { while (!answer.destroyed && answer.write(chunk)); };
    answer.on('drain', more);
    more();
  },
  '/cut': (answer) => {
    answer.writeHead(200, { 'content-length': 100 });
    answer.write('half', () => answer.destroy());
  },
};
const keys = { key: fs.readFileSync('key.pem'), cert: fs.readFileSync('cert.pem') };
const server = https.createServer(keys, (request, answer) => answers[request.url](answer, `https://${request.headers.host}`));

plain.listen(0, 'localhost', () => {
  server.listen(0, 'localhost', async () => {
    const here = `https://localhost:${server.address().port}`;
    for (const path of Object.keys(answers)) {
      const said = await download(new URL(path, here), 5).then(String, (error) => (path === '/cut' ? 'failed' : error.message));
      console.log(`${path}: ${said.replace(here + path + ' ', '').replace(/:\d+/g, '')}`);
    }
    process.exit(0);
  });
});
