const HEAD_END = Buffer.from('\r\n\r\n')
const HEAD_BYTES_MAX = 64 * 1024

/** What the reader is in the middle of. */
type State = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer'

/**
 * Reads HTTP/1.1 answers off a kept connection and counts them. No more than a load generator needs: it shares two cores
 * with what it measures, so a full client would be measured too.
 */
export class ResponseReader {
  status = 0
  bodyBytes = 0
  /** The peer ends the connection after this answer. */
  isLast = false
  #state: State = 'head'
  #left = 0
  #rest: Buffer = Buffer.alloc(0)

  /** @returns true when the answer is whole. One answer at a time: nothing may follow it. */
  read (chunk: Buffer): boolean {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = Buffer.alloc(0)
    while (data.length > 0) {
      if (this.#state === 'body' || this.#state === 'chunk') {
        const taken = Math.min(this.#left, data.length)
        this.#left -= taken
        this.bodyBytes += taken
        data = data.subarray(taken)
        if (this.#left > 0) return false
        if (this.#state === 'body') return this.#finish()
        this.#state = 'chunk-end'
        continue
      }
      const end = this.#state === 'head' ? data.indexOf(HEAD_END) : data.indexOf('\r\n')
      if (end < 0) {
        if (data.length > HEAD_BYTES_MAX) throw new Error('an endless header')
        this.#rest = data
        return false
      }
      const line = data.toString('latin1', 0, end)
      data = data.subarray(end + (this.#state === 'head' ? 4 : 2))
      if (this.#readLine(line)) return true
    }
    return false
  }

  #readLine (line: string): boolean {
    switch (this.#state) {
      case 'head': return this.#readHead(line)
      case 'chunk-end':
        this.#state = 'chunk-size'
        return false
      case 'chunk-size':
        this.#left = parseInt(line, 16)
        this.#state = this.#left === 0 ? 'trailer' : 'chunk'
        return false
      default:
        return line === '' && this.#finish()
    }
  }

  #readHead (head: string): boolean {
    this.status = Number(head.slice(9, 12))
    this.bodyBytes = 0
    this.isLast = /\r\nconnection: *close/i.test(head)
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#state = 'chunk-size'
      return false
    }
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`neither length nor chunks: ${head.slice(0, 200)}`)
    this.#left = Number(length)
    this.#state = 'body'
    return this.#left === 0 && this.#finish()
  }

  #finish (): boolean {
    this.#state = 'head'
    return true
  }
}
