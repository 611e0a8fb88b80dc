/** The system's refusals that a person meets when setting a process up, in plain words. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'not permitted',
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'not an address of this machine',
  ECONNREFUSED: 'nobody listens there',
  EEXIST: 'exists already and is of another kind',
  EISDIR: 'is a folder',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTFOUND: 'no such host name',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only'
}

/**
 * What a system error means: `/etc/x.yaml: no such file or folder (ENOENT)`, `cannot listen on 127.0.0.1:4000: another program
 * listens there (EADDRINUSE)`. The code stays, since that is what people search for.
 *
 * @returns undefined when it is no error of the system, or not one of those we have words for.
 */
export function describeSystemError (thrown: unknown): string | undefined {
  const { code, syscall, path, address, port, hostname } = thrown as NodeJS.ErrnoException & { address?: string, port?: number, hostname?: string }
  if (code === undefined || !Object.hasOwn(WORDS, code)) return undefined
  const words = `${WORDS[code]!} (${code})`
  if (path !== undefined) return `${path}: ${words}`
  if (hostname !== undefined) return `${hostname}: ${words}`
  if (address === undefined) return words
  const place = port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`
  return `cannot ${syscall === 'listen' ? 'listen on' : 'connect to'} ${place}: ${words}`
}
