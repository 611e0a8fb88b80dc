import assert from 'node:assert/strict'
import { deflateRawSync, crc32 } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { Fault } from '../../src/fault/index.ts'
import { CONTAINER_LIMITS, readZip, writeZip } from '../../src/asic/index.ts'
import { rejects } from '../faults.ts'

interface Raw {
  readonly name: string
  readonly data: Buffer
  readonly method?: number
  readonly flags?: number
  readonly packed?: Buffer
  readonly size?: number
  readonly localName?: string
  readonly crc?: number
  readonly offset?: number
}

/** A ZIP by hand, so that it can be wrong in any way. */
function rawZip (entries: readonly Raw[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const packed = entry.packed ?? (entry.method === 8 ? deflateRawSync(entry.data) : entry.data)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(0x0800 | (entry.flags ?? 0), 2)
    fields.writeUInt16LE(entry.method ?? 0, 4)
    fields.writeUInt32LE(entry.crc ?? crc32(entry.data), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(entry.size ?? entry.data.length, 18)
    const named = (name: string): Buffer => {
      const own = Buffer.from(fields)
      own.writeUInt16LE(Buffer.byteLength(name), 22)
      return own
    }
    const localName = entry.localName ?? entry.name
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), named(localName), Buffer.from(localName), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(entry.offset ?? at, 10)
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), named(entry.name), tail, Buffer.from(entry.name)]))
    locals.push(local)
    at += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}

const x = { name: 'x', data: Buffer.from('content') }

t.test('entries come back as they were written, stored or compressed', async (t) => {
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 300 })), fc.boolean(), async (files, stored) => {
    const bytes = await writeZip(Object.entries(files).map(([name, content]) => ({ name, bytes: content, stored })), { at: new Date(), comment: 'c' })
    const { entries, comment } = await readZip(bytes, CONTAINER_LIMITS)
    assert.equal(comment, 'c')
    assert.deepEqual([...entries].map(([name, content]) => [name, [...content]]), Object.entries(files).map(([name, content]) => [name, [...content]]))
  }), { numRuns: 50 })
  t.same((await readZip(rawZip([x, { ...x, name: 'y', method: 8 }]), CONTAINER_LIMITS)).entries.get('y'), x.data, 'the same by hand')
})

t.test('a ZIP that is wrong or wants to do harm is refused', async (t) => {
  const bomb = deflateRawSync(Buffer.alloc(16 * 1024 * 1024))
  const zeros = crc32(Buffer.alloc(16 * 1024 * 1024))
  const cases: Record<string, Buffer> = {
    'a name twice': rawZip([x, x]),
    'a path upwards': rawZip([{ ...x, name: '../x' }]),
    'a path upwards in the middle': rawZip([{ ...x, name: 'a/../../x' }]),
    'an absolute path': rawZip([{ ...x, name: '/etc/x' }]),
    'a drive': rawZip([{ ...x, name: 'C:/x' }]),
    'a backslash': rawZip([{ ...x, name: 'a\\x' }]),
    'another name in the local header': rawZip([{ ...x, localName: 'y' }]),
    'a wrong checksum': rawZip([{ ...x, crc: 1 }]),
    'a wrong size': rawZip([{ ...x, size: 3 }]),
    'a wrong size, compressed': rawZip([{ ...x, method: 8, size: 3 }]),
    'less than announced': rawZip([{ ...x, method: 8, size: 30 }]),
    encryption: rawZip([{ ...x, flags: 1 }]),
    'an unknown compression': rawZip([{ ...x, method: 12 }]),
    'broken compression': rawZip([{ ...x, method: 8, packed: Buffer.from('xxxxxxx') }]),
    'overlapping entries': rawZip([{ ...x, name: 'a' }, { ...x, name: 'b', localName: 'a', offset: 0 }]),
    'a bomb that tells its size': rawZip([{ name: 'bomb', data: Buffer.alloc(0), method: 8, packed: bomb, size: 0xfffffff0, crc: 0 }]),
    'a bomb that hides its size': rawZip([{ name: 'bomb', data: Buffer.alloc(0), method: 8, packed: bomb, size: 10, crc: 0 }]),
    'many bombs': rawZip(Array.from({ length: 40 }, (_, i) => ({ name: `b${i}`, data: Buffer.alloc(0), method: 8, packed: bomb, size: 16 * 1024 * 1024, crc: zeros }))),
    'too many entries': rawZip(Array.from({ length: 2000 }, (_, i) => ({ ...x, name: `f${i}` }))),
    nothing: Buffer.alloc(0),
    'no ZIP': Buffer.from('x'.repeat(100)),
    'a cut one': rawZip([x]).subarray(0, 60)
  }
  for (const [name, bytes] of Object.entries(cases)) {
    await rejects(t, async () => await readZip(bytes, CONTAINER_LIMITS), 'InvalidMessage', name)
  }
})

t.test('any damage gives entries or a fault', async (t) => {
  const bytes = await writeZip([{ name: 'a', bytes: Buffer.from('a'.repeat(500)) }, { name: 'b', bytes: Buffer.from('b'), stored: true }], { at: new Date() })
  await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
    const changed = Buffer.from(bytes)
    changed[at]! ^= flip
    try {
      await readZip(changed, CONTAINER_LIMITS)
    } catch (thrown) {
      assert.ok(thrown instanceof Fault, String(thrown))
    }
  }), { numRuns: 500 })
  t.pass('always')
})
