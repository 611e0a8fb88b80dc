import { hash } from 'node:crypto'
import t from 'tap'
import { archiveFileName, CONTAINER_LIMITS, LINKING_INFO, parseLinkingInfo, readZip, verifyArchive, writeArchive } from '../../src/asic/index.ts'
import { refuses } from '../faults.ts'

const at = new Date(2026, 1, 6, 10, 11, 12)
const files = ['one', 'two', 'three'].map((text, i) => ({ name: `${i}-request-${i}.asice`, bytes: Buffer.from(text) }))
const sha = (data: Uint8Array | string): string => hash('sha512', data, 'hex')
const split = async (bytes: Uint8Array): Promise<[Buffer, Map<string, Buffer>]> => {
  const entries = new Map((await readZip(bytes, CONTAINER_LIMITS)).entries)
  const info = entries.get(LINKING_INFO)!
  entries.delete(LINKING_INFO)
  return [info, entries]
}

t.test('TR-4.6: archives chain their containers and each other by hex digests over hex digests', async (t) => {
  const first = await writeArchive(files.slice(0, 2), { at })
  const d1 = sha(sha('one'))
  const d2 = sha(d1 + sha('two'))
  t.equal(first.lastDigest, d2)
  const [info, containers] = await split(first.bytes)
  t.equal(info.toString(), `- - SHA-512\n${d1} 0-request-0.asice\n${d2} 1-request-1.asice\n`)
  t.same(verifyArchive(info, containers, '-'), { info: parseLinkingInfo(info), lastDigest: d2 })

  const fileName = archiveFileName({ first: at, last: at, lastDigest: d2 })
  t.equal(fileName, `mlog-20260206101112-20260206101112-${d2.slice(0, 16)}.zip`)
  const second = await writeArchive(files.slice(2), { at, previous: { digest: first.lastDigest, fileName } })
  const [nextInfo, nextContainers] = await split(second.bytes)
  t.equal(nextInfo.toString().split('\n')[0], `${d2} ${fileName} SHA-512`)
  t.equal(verifyArchive(nextInfo, nextContainers, d2).lastDigest, sha(d2 + sha('three')))
  t.equal(verifyArchive(nextInfo, nextContainers, d2.toUpperCase()).lastDigest, second.lastDigest)
  refuses(t, () => verifyArchive(nextInfo, nextContainers, d1), 'InvalidHashChain', 'another archive before')
  refuses(t, () => verifyArchive(nextInfo, nextContainers, '-'), 'InvalidHashChain', 'not the first')
})

t.test('TR-4.6: removal, exchange, reordering and change of a container are noticed', async (t) => {
  const [info, containers] = await split((await writeArchive(files, { at })).bytes)
  const names = files.map((file) => file.name)
  const altered = (change: (all: Map<string, Buffer>) => void) => () => {
    const all = new Map(containers)
    change(all)
    return verifyArchive(info, all)
  }
  refuses(t, altered((all) => all.delete(names[1]!)), 'InvalidMessage', 'one is missing')
  refuses(t, altered((all) => all.set('x.asice', Buffer.from('x'))), 'InvalidMessage', 'one too many')
  refuses(t, altered((all) => all.set(names[1]!, Buffer.from('twO'))), 'InvalidHashChain', 'one is changed')
  refuses(t, altered((all) => all.set(names[0]!, containers.get(names[1]!)!).set(names[1]!, containers.get(names[0]!)!)), 'InvalidHashChain', 'two are exchanged')
  const lines = info.toString().split('\n')
  refuses(t, () => verifyArchive(Buffer.from([lines[0], lines[2], lines[1], lines[3], ''].join('\n')), containers), 'InvalidHashChain', 'lines reordered')
  for (let i = 0; i < info.length; i++) {
    const flipped = Buffer.from(info)
    flipped[i]! ^= 1
    t.throws(() => verifyArchive(flipped, containers), { name: 'Fault' })
  }
})

t.test('linking information of another form is refused', async (t) => {
  const digest = sha('x')
  for (const text of ['', '- - MD5\n', '- - SHA-512\n', `- x SHA-512\n${digest} a\n`, `xx a SHA-512\n${digest} a\n`, '- - SHA-512\nzz a\n', `- - SHA-512\n${digest}\n`, `- - SHA-512\n${digest} a\n${digest} a\n`, `- - SHA-512 x\n${digest} a\n`, `- - SHA-256\n${digest} a\n`]) {
    refuses(t, () => parseLinkingInfo(Buffer.from(text)), 'InvalidMessage', JSON.stringify(text).slice(0, 40))
  }
  t.equal(parseLinkingInfo(Buffer.from(`- - SHA-256\n${hash('sha256', 'x')} name with space\n`)).containers[0]?.name, 'name with space')
})

t.test('a group stands in the name with characters that file systems allow', async (t) => {
  t.equal(archiveFileName({ group: 'ZZ/GOV/1:x', first: at, last: at, lastDigest: 'ab'.repeat(64) }), 'mlog-ZZ_GOV_1_x-20260206101112-20260206101112-abababababababab.zip')
})
