import { parentPort, workerData } from 'node:worker_threads'
import { ArchiveStore } from './archive-store.ts'
import { unpackBatch, type FromWorker, type StoreCalls, type ToWorker, type WorkerOptions } from './worker-protocol.ts'
import { RecordPages } from './record-pages.ts'
import { StampStore } from './stamp-store.ts'
import { RecordStore, type NewRecord } from './store.ts'

/*
 * The thread that owns the database. A batch of records is one transaction and one fsync; whatever arrives meanwhile
 * waits on the other side and becomes the next batch. Everything else is asked for by name, one call at a time.
 */
const port = parentPort!
const { path, contentKey } = workerData as WorkerOptions
const records = new RecordStore(path, contentKey)
const stamps = new StampStore(records.db)
const archives = new ArchiveStore(records.db)
const pages = new RecordPages(records.db)

const calls: StoreCalls = {
  find: (queryId, party, direction) => records.find(queryId, party, direction),
  search: (query) => records.search(query),
  page: (query) => pages.page(query),
  row: (id) => records.row(id),
  content: (id) => records.content(id),
  knownBodies: (names) => records.knownBodies(names),
  waiting: (limit) => stamps.waiting(limit),
  waitingAmong: (ids) => stamps.waitingAmong(ids),
  stampState: () => stamps.state(),
  saveStamp: (stamp) => stamps.save(stamp),
  assignStamp: (stamp, ids, position) => stamps.assign(stamp, ids, position),
  stampOf: (id) => stamps.of(id),
  archivable: (grouping, after, limit) => archives.next(grouping, after, limit),
  lastArchive: (group) => archives.last(group),
  beginArchive: (group, file, lastDigest, created) => archives.begin(group, file, lastDigest, created),
  finishArchive: (archive, ids) => archives.finish(archive, ids),
  unfinishedArchives: () => archives.unfinished(),
  forgetArchive: (archive) => archives.forget(archive),
  prune: (before, limit) => archives.prune(before, limit)
}

/** One bad record must not take its neighbours with it; a full or broken disk fails all alike. */
function append (batch: readonly NewRecord[]): FromWorker {
  try {
    return { kind: 'appended', first: records.append(batch) }
  } catch (thrown) {
    if (batch.length === 1 || isDiskFailure(thrown)) return { kind: 'not appended', outcomes: batch.map(() => String(thrown)) }
    return {
      kind: 'not appended',
      outcomes: batch.map((record) => {
        try {
          return records.append([record])
        } catch (thrown) {
          return String(thrown)
        }
      })
    }
  }
}

function isDiskFailure (thrown: unknown): boolean {
  const code = (thrown as { code?: unknown }).code
  return typeof code === 'string' && /^SQLITE_(FULL|IOERR|CORRUPT|READONLY|CANTOPEN)/.test(code)
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'append') {
    port.postMessage(append(unpackBatch(message.batch)))
  } else if (message.kind === 'call') {
    let answer: FromWorker
    try {
      const run = calls[message.name] as (...args: readonly unknown[]) => unknown
      answer = { kind: 'answer', call: message.call, value: run(...message.args) }
    } catch (thrown) {
      answer = { kind: 'failure', call: message.call, error: thrown as Error }
    }
    port.postMessage(answer)
  } else {
    records.close()
    port.close()
  }
})
port.postMessage({ kind: 'ready' } satisfies FromWorker)
