import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { stop } from '../child.ts'
import type { Credentials } from './credentials.ts'
import type { Pair } from './pair.ts'

const READY_TIMEOUT_MS = 5000

/**
 * The second baseline: two nginx with mutual TLS between them.
 *
 * @returns undefined where nginx is not installed.
 */
export async function startNginxPair (serviceUrl: string, credentials: Credentials): Promise<Pair | undefined> {
  const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file))
  if (nginx === undefined) return undefined
  const [serverPort, clientPort] = [await freePort(), await freePort()]
  const { ca, client, server, folder } = credentials
  const serverSide = await start(nginx, join(folder, 'nginx-server'), serverPort, `
    upstream target { server ${new URL(serviceUrl).host}; keepalive 64; keepalive_requests 100000000; }
    server {
      listen 127.0.0.1:${serverPort} ssl backlog=1024;
      ssl_certificate ${server.certificate};
      ssl_certificate_key ${server.key};
      ssl_client_certificate ${ca};
      ssl_verify_client on;
      ssl_protocols TLSv1.3;
      location / { proxy_pass http://target; }
    }`)
  const clientSide = await start(nginx, join(folder, 'nginx-client'), clientPort, `
    upstream target { server 127.0.0.1:${serverPort}; keepalive 64; keepalive_requests 100000000; }
    server {
      listen 127.0.0.1:${clientPort} backlog=1024;
      proxy_ssl_certificate ${client.certificate};
      proxy_ssl_certificate_key ${client.key};
      proxy_ssl_trusted_certificate ${ca};
      proxy_ssl_verify on;
      proxy_ssl_name localhost;
      proxy_ssl_protocols TLSv1.3;
      location / { proxy_pass https://target; }
    }`)
  return {
    name: 'nginx',
    url: `http://127.0.0.1:${clientPort}`,
    headers: {},
    pids: [clientSide.pid!, serverSide.pid!],
    close: async () => { await Promise.all([stop(clientSide), stop(serverSide)]) }
  }
}

/** One worker on each side, as many processes as the other pairs have; no buffering on disk. */
function configuration (folder: string, servers: string): string {
  return `daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? `user ${userInfo().username};` : ''}
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    client_max_body_size 0;
    keepalive_requests 100000000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_request_buffering off;
    proxy_max_temp_file_size 0;
    ${servers}
}
`
}

async function start (nginx: string, folder: string, port: number, servers: string): Promise<ChildProcess> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, servers))
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
  // Said before the start, because afterwards nginx only exits.
  execFileSync(nginx, ['-t', '-q', ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
  const child = spawn(nginx, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  await listening(port, child)
  return child
}

async function listening (port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (child.exitCode === null && Date.now() < deadline) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => { resolve(false) })
    })
    if (isOpen) return
    await new Promise((resolve) => { setTimeout(resolve, 20) })
  }
  throw new Error('nginx did not come up')
}

/** nginx cannot say which port it got, so one that is free now is chosen for it. */
async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => { server.once('listening', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
