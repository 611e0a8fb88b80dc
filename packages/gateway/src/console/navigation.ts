import type { Lang, NavItem } from '@trembita/web'
import { wordsOf } from './texts.ts'

const KEY_READERS = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITYSERVER_OBSERVER']
const AUDIT_READERS = ['XROAD_SECURITY_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITYSERVER_OBSERVER']

/** The menu: what somebody's roles let them look at. A gateway without a name has little to show. */
export function navigation (lang: Lang, roles: readonly string[], initialised: boolean): NavItem[] {
  const words = wordsOf(lang)
  const may = (allowed: readonly string[]): boolean => allowed.some((role) => roles.includes(role))
  return [
    { href: '/', label: words.overview, sign: 'overview' },
    ...initialised
      ? [{
          label: words.exchange,
          items: [
            { href: '/clients', label: words.clients, sign: 'organisation' as const },
            { href: '/services', label: words.services, sign: 'service' as const },
            { href: '/agreements', label: words.agreements, sign: 'agreement' as const },
            { href: '/messages', label: words.messages, sign: 'document' as const }
          ]
        }]
      : [],
    {
      label: words.trust,
      items: [
        ...may(KEY_READERS) ? [{ href: '/keys', label: words.keys, sign: 'key' as const }] : [],
        { href: '/diagnostics', label: words.diagnostics, sign: 'shield' }
      ]
    },
    {
      label: words.operation,
      items: [
        ...may(AUDIT_READERS) ? [{ href: '/audit', label: words.audit, sign: 'audit' as const }] : [],
        ...may(['XROAD_SYSTEM_ADMINISTRATOR']) ? [{ href: '/access', label: words.access, sign: 'lock' as const }] : [],
        { href: '/settings', label: words.settings, sign: 'settings' }
      ]
    }
  ]
}
