import type { CertificateEntry, KeyUse, TokenKey } from '../../signer/index.ts'

export type CertificateAction = 'ACTIVATE' | 'DISABLE' | 'REGISTER' | 'UNREGISTER' | 'DELETE'

/** What an administrator may do with a certificate now (xroad-trust §3.6). What the core knows of must be unregistered before it is deleted. */
export function certificateActions ({ active, status }: CertificateEntry, use: KeyUse | undefined): CertificateAction[] {
  const known = status === 'registered' || status === 'registration in progress'
  const actions: CertificateAction[] = [active ? 'DISABLE' : 'ACTIVATE']
  if (use === 'auth' && status === 'saved') actions.push('REGISTER')
  if (use === 'auth' && (known || status === 'global error')) actions.push('UNREGISTER')
  if (use !== 'auth' || !known) actions.push('DELETE')
  return actions
}

export function keyActions ({ use, entries }: TokenKey): string[] {
  const actions = use === 'auth' ? ['GENERATE_AUTH_CSR'] : use === 'sign' ? ['GENERATE_SIGN_CSR'] : ['GENERATE_AUTH_CSR', 'GENERATE_SIGN_CSR']
  const deletable = entries.every((entry) => certificateActions(entry, use).includes('DELETE'))
  return deletable ? [...actions, 'DELETE', 'EDIT_FRIENDLY_NAME'] : [...actions, 'EDIT_FRIENDLY_NAME']
}
