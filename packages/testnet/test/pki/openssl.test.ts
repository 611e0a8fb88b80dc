import t from 'tap'
import { readFileSync } from 'node:fs'
import { certificatesOfPem, encodeOcspRequest, parseTimestampResponse, verifyTimestamp } from '@trembita/protocol/pki'
import { createTestPki, ocspResponseFor, startOcspResponder, startTimestamper, timestampFor, type KeyKind } from '../../src/pki/index.ts'
import { openssl, scratch, skipWithout } from '../../src/verifiers/index.ts'

const skip = await skipWithout('openssl')

for (const keyKind of ['ec', 'ec384', 'rsa'] satisfies KeyKind[]) {
  t.test(`openssl agrees with a PKI of ${keyKind} keys`, { skip }, async (t) => {
    const pki = await createTestPki({ keyKind, ocspUrl: 'http://127.0.0.1:1/ocsp' })
    const files = scratch()
    t.teardown(files.remove)
    const root = files.write('root.pem', pki.root.certificate.pem)
    const intermediate = files.write('intermediate.pem', pki.intermediate.certificate.pem)
    const member = { name: 'ТОВ «Приклад»', memberClass: 'GOV', memberCode: '00000001' }
    const seal = await pki.issueSign({ member, keyType: keyKind })

    await t.test('certificates of every profile verify for their purpose, and not for another', async (t) => {
      const auth = await pki.issueAuth({ owner: member, serverCode: 'SS1', names: ['127.0.0.1', 'gw.example'], keyType: keyKind })
      const tls = await pki.issueTls({ names: ['localhost', '127.0.0.1'] })
      const verify = async (pem: string, ...more: string[]): Promise<{ ok: boolean, text: string }> =>
        await openssl('verify', '-x509_strict', '-CAfile', root, '-untrusted', intermediate, ...more, files.write('leaf.pem', pem))
      for (const [issued, ...more] of [
        [seal], [auth, '-purpose', 'sslclient'], [auth, '-purpose', 'sslserver', '-verify_ip', '127.0.0.1'], [tls, '-purpose', 'sslserver', '-verify_hostname', 'localhost'],
        [pki.tsa, '-purpose', 'timestampsign'], [pki.ocsp, '-purpose', 'ocsphelper']
      ] as [typeof seal, ...string[]][]) {
        const result = await verify(issued.certificate.pem, ...more)
        t.ok(result.ok, `${issued.certificate.subject.rfc2253} ${more.join(' ')} ${result.text}`)
      }
      t.notOk((await verify(seal.certificate.pem, '-purpose', 'sslclient')).ok, 'a seal is no TLS client')
      t.notOk((await verify(auth.certificate.pem, '-purpose', 'timestampsign')).ok, 'an auth certificate makes no timestamps')
      t.match((await openssl('x509', '-noout', '-ext', 'keyUsage', '-in', files.write('seal.pem', seal.certificate.pem))).text, /critical\s+Non Repudiation\s*$/)
      t.match((await openssl('x509', '-noout', '-ocsp_uri', '-in', files.path('seal.pem'))).text, 'http://127.0.0.1:1/ocsp')
    })

    await t.test('openssl ocsp asks the running responder and believes it', async (t) => {
      const responder = await startOcspResponder(pki)
      t.teardown(responder.close)
      const leaf = files.write('seal.pem', seal.certificate.pem)
      const ask = async (...more: string[]): Promise<{ ok: boolean, text: string }> =>
        await openssl('ocsp', '-issuer', intermediate, '-cert', leaf, '-CAfile', root, '-verify_other', intermediate, '-url', responder.url, '-timeout', '10', ...more)
      for (const more of [[], ['-no_nonce'], ['-sha256']]) {
        // -sha256 must stand before -cert; openssl takes it as the hash of what follows
        const result = more[0] === '-sha256'
          ? await openssl('ocsp', '-sha256', '-issuer', intermediate, '-cert', leaf, '-CAfile', root, '-verify_other', intermediate, '-url', responder.url)
          : await ask(...more)
        t.match(result.text, /Response verify OK[^]*: good/, more.join())
        t.notMatch(result.text, /WARNING|unauthorized/, more.join())
      }
      responder.order({ responderBy: 'key', nextUpdateSeconds: 600 })
      t.match((await ask()).text, /Response verify OK[^]*: good/)
      responder.order({ forged: true })
      t.match((await ask()).text, /Response Verify Failure/i)
      responder.order({ ageSeconds: 7200 })
      t.match((await ask('-validity_period', '300', '-status_age', '3600')).text, /Status times invalid/)
      responder.order({ status: 'unknown' })
      t.match((await ask()).text, /: unknown/)
      responder.order({ signer: pki.tsa })
      t.match((await ask()).text, /Response Verify Failure/i)
      responder.order({ httpStatus: 500 })
      t.notOk((await ask()).ok)
      responder.order()
      const gone = await pki.issueSign({ member })
      pki.revoke(gone.certificate)
      files.write('seal.pem', gone.certificate.pem)
      t.match((await ask()).text, /Response verify OK[^]*: revoked/)
    })

    await t.test('a stored response verifies with -respin, and GET answers as POST', async (t) => {
      const respin = files.write('answer.der', ocspResponseFor(pki, seal.certificate, { nextUpdateSeconds: 3600 }))
      const args = ['ocsp', '-respin', respin, '-issuer', intermediate, '-cert', files.write('seal.pem', seal.certificate.pem), '-CAfile', root, '-verify_other', intermediate]
      t.match((await openssl(...args)).text, /Response verify OK[^]*: good/)
      const byCa = ocspResponseFor(pki, pki.intermediate.certificate, { byCa: true })
      t.match((await openssl('ocsp', '-respin', files.write('byca.der', byCa), '-issuer', root, '-cert', intermediate, '-CAfile', root)).text, /Response verify OK[^]*: good/)

      const responder = await startOcspResponder(pki)
      t.teardown(responder.close)
      const request = encodeOcspRequest(seal.certificate, pki.intermediate.certificate)
      t.match((await openssl('ocsp', '-reqin', files.write('request.der', request), '-req_text')).text, /Hash Algorithm: sha1/)
      const got = await fetch(`${responder.url}/${encodeURIComponent(request.toString('base64'))}`)
      t.equal(got.headers.get('content-type'), 'application/ocsp-response')
      files.write('answer.der', Buffer.from(await got.arrayBuffer()))
      t.match((await openssl(...args)).text, /Response verify OK[^]*: good/)
      t.equal((await fetch(`${responder.url}/%ff`)).status, 400)
      t.equal((await fetch(responder.url, { method: 'POST', body: '' })).status, 415)
    })

    await t.test('TR-4.5: openssl ts asks for stamps, and verifies ours', async (t) => {
      const timestamper = await startTimestamper(pki)
      t.teardown(timestamper.close)
      const data = files.write('data', 'what is stamped')
      const tsa = files.write('tsa.pem', pki.tsa.certificate.pem)
      const post = async (query: string): Promise<Buffer> => {
        const reply = await fetch(timestamper.url, { method: 'POST', headers: { 'content-type': 'application/timestamp-query' }, body: readFileSync(query) })
        return Buffer.from(await reply.arrayBuffer())
      }
      for (const digest of ['sha256', 'sha384', 'sha512']) {
        const query = files.path(`${digest}.tsq`)
        t.ok((await openssl('ts', '-query', '-data', data, `-${digest}`, '-cert', '-out', query)).ok)
        const reply = await post(query)
        const file = files.write(`${digest}.tsr`, reply)
        const verified = await openssl('ts', '-verify', '-queryfile', query, '-in', file, '-CAfile', root)
        t.match(verified.text, /Verification: OK/, digest)
        const info = verifyTimestamp(parseTimestampResponse(reply), Buffer.from('what is stamped'), [pki.tsa.certificate])
        t.equal(info.hash, `SHA-${digest.slice(3)}`)
      }
      const bare = files.write('bare.tst', timestampFor(pki, Buffer.from('what is stamped')))
      const verify = async (file: string, of = data): Promise<string> =>
        (await openssl('ts', '-verify', '-data', of, '-in', file, '-token_in', '-CAfile', root, '-untrusted', files.write('others.pem', pki.tsa.certificate.pem + pki.intermediate.certificate.pem))).text
      t.match(await verify(bare), /Verification: OK/, 'without certificates inside')
      t.match(await verify(bare, files.write('other', 'other data')), /Verification: FAILED/)
      t.match(await verify(files.write('forged.tst', timestampFor(pki, Buffer.from('what is stamped'), { forged: true }))), /Verification: FAILED/)
      t.ok((await openssl('ts', '-query', '-data', data, '-sha1', '-out', files.path('sha1.tsq'))).ok)
      t.match((await openssl('ts', '-reply', '-text', '-in', files.write('sha1.tsr', await post(files.path('sha1.tsq'))))).text, /Rejected[^]*(algorithm|badAlg)/i)
      t.equal(certificatesOfPem(readFileSync(tsa, 'utf8'))[0], pki.tsa.certificate)
    })
  })
}
