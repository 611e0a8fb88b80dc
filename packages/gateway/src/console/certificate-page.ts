import { actionForm, actions, alert, confirm, descriptionList, field, html, identifier, section, type Html } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { certificateTerms } from './certificate-lines.ts'
import { keysWordsOf as wordsOf } from './keys-texts.ts'
import { certificateState, keeps, ocspState, SECURITY_OFFICER, type Key, type TokenCertificate } from './keys.ts'

const pathOf = ({ params }: Visit): string => `/keys/certificates/${encodeURIComponent(params.hash ?? '')}`
const apiPathOf = ({ params }: Visit): string => `/token-certificates/${encodeURIComponent(params.hash ?? '')}`

/** One certificate: what it says, where it stands, what can be done with it now. */
export function certificatePages (console: Console): void {
  console.get('/keys/certificates/:hash', (visit) => certificatePage(visit))
  for (const [step, said] of [['activate', 'certificateActivated'], ['disable', 'certificateDisabled'], ['unregister', 'certificateUnregistered']] as const) {
    console.post(`/keys/certificates/:hash/${step}`, async (visit) => {
      await visit.api.put(`${apiPathOf(visit)}/${step}`)
      return { to: pathOf(visit), said }
    }, certificatePage)
  }
  console.post('/keys/certificates/:hash/register', async (visit) => {
    await visit.api.put(`${apiPathOf(visit)}/register`, { address: visit.form.text('address') })
    return { to: pathOf(visit), said: 'certificateSent' }
  }, certificatePage)
  console.post('/keys/certificates/:hash/removal', async (visit) => {
    await visit.api.delete(apiPathOf(visit))
    return { to: '/keys', said: 'certificateDeleted' }
  }, certificatePage)
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { certificateActivated: words.activated, certificateDisabled: words.disabled, certificateUnregistered: words.unregistered, certificateSent: words.sent, certificateDeleted: words.certificateDeleted }
  })
}

async function certificatePage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api, form: sent } = visit
  const words = wordsOf(lang)
  const certificate = await api.get<TokenCertificate>(apiPathOf(visit))
  const keys = (await api.get<{ keys: Key[] }[]>('/tokens'))[0]!.keys
  const key = keys.find(({ certificates }) => certificates.some(({ certificate_details: { hash } }) => hash === certificate.certificate_details.hash))
  const { certificate_details: details, active, ocsp_verify_before_activation_error: activationError } = certificate
  const refusal = problem === undefined ? undefined : Object.values(errorsOf(problem, (code) => words.problem(code) || visit.problemText(problem))).join(' ')
  return visit.page({
    title: details.subject_common_name ?? details.serial,
    eyebrow: words.certificate,
    status: certificateState(lang, certificate),
    breadcrumbs: [{ href: '/keys', label: words.title }, ...key === undefined ? [] : [{ href: `/keys/${encodeURIComponent(key.id)}`, label: key.name }]],
    ...key !== undefined && keeps(visit, key.usage) ? { actions: possible(visit, certificate, sent.text('address')) } : {},
    body: html`${refusal === undefined ? undefined : alert(lang, { kind: 'bad', title: refusal, body: problem?.message })}${section({
      title: words.state,
      body: descriptionList(lang, [
        { term: words.owner, value: certificate.owner_id === '' ? undefined : identifier(certificate.owner_id) },
        { term: words.state, value: certificateState(lang, certificate) },
        { term: words.active, value: active ? words.yes : words.no },
        { term: words.ocsp, value: ocspState(lang, certificate) },
        ...activationError === undefined ? [] : [{ term: words.activationError, value: activationError }]
      ])
    })}${section({ title: words.details, body: descriptionList(lang, certificateTerms(lang, details)) })}`
  })
}

function possible (visit: Visit, { possible_actions: can }: TokenCertificate, address: string): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  const officer = visit.may(SECURITY_OFFICER)
  return actions(
    can.includes('ACTIVATE') ? actionForm({ label: words.activate, kind: 'primary', action: `${path}/activate`, csrf }) : undefined,
    can.includes('REGISTER') && officer
      ? confirm(lang, {
        label: words.register,
        title: words.register,
        kind: 'primary',
        body: words.registerBody,
        action: `${path}/register`,
        csrf,
        submit: words.register,
        inputs: field(lang, { name: 'address', label: words.address, hint: words.addressHint, value: address, required: true, code: true, width: 32 })
      })
      : undefined,
    can.includes('DISABLE') ? confirm(lang, { label: words.disable, title: words.disable, body: words.disableBody, action: `${path}/disable`, csrf, submit: words.disable }) : undefined,
    can.includes('UNREGISTER') && officer ? confirm(lang, { label: words.unregister, title: words.unregister, body: words.unregisterBody, action: `${path}/unregister`, csrf, submit: words.unregister }) : undefined,
    can.includes('DELETE') ? confirm(lang, { label: words.deleteCertificate, title: words.deleteCertificate, body: words.deleteCertificateBody, action: `${path}/removal`, csrf, submit: words.deleteCertificate, sign: 'trash' }) : undefined
  )
}
