import type { Lang, NavItem } from '@trembita/web'
import { wordsOf } from './texts.ts'

/** Figures shown beside a place of the menu: what waits there. */
export interface Waiting {
  readonly requests?: number | undefined
  readonly approvals?: number | undefined
}

/** The menu: daily work first; everybody who works here may look at all of it but the keys and sessions of others. */
export function navigation (lang: Lang, roles: readonly string[], waiting: Waiting = {}): NavItem[] {
  const words = wordsOf(lang)
  return [
    { href: '/', label: words.overview, sign: 'overview' },
    { href: '/management-requests', label: words.requests, sign: 'inbox', count: waiting.requests },
    {
      label: words.participants,
      items: [
        { href: '/members', label: words.members, sign: 'organisation' },
        { href: '/subsystems', label: words.subsystems, sign: 'service' },
        { href: '/security-servers', label: words.servers, sign: 'gateway' },
        { href: '/global-groups', label: words.groups, sign: 'group' },
        { href: '/member-classes', label: words.memberClasses, sign: 'classifier' }
      ]
    },
    {
      label: words.governance,
      items: [
        { href: '/agreements', label: words.agreements, sign: 'agreement' },
        { href: '/suspensions', label: words.suspensions, sign: 'pause' },
        { href: '/classifiers', label: words.classifiers, sign: 'classifier' },
        { href: '/approvals', label: words.approvals, sign: 'user', count: waiting.approvals }
      ]
    },
    {
      label: words.trust,
      items: [
        { href: '/trust-services', label: words.trustServices, sign: 'shield' },
        { href: '/configuration', label: words.configuration, sign: 'publish' },
        { href: '/federation', label: words.federation, sign: 'globe' }
      ]
    },
    {
      label: words.operation,
      items: [
        { href: '/audit', label: words.audit, sign: 'audit' },
        { href: '/backups', label: words.backups, sign: 'backup' },
        ...roles.includes('XROAD_SYSTEM_ADMINISTRATOR') ? [{ href: '/access', label: words.access, sign: 'key' as const }] : [],
        { href: '/settings', label: words.settings, sign: 'settings' }
      ]
    }
  ]
}
