import type { Actor } from '@trembita/daemon/accounts'
import type { Changes } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkCodes, checkText } from './codes.ts'
import { readParameters } from './parameters.ts'

export interface MemberClassText {
  readonly code: string
  readonly description: string
}

/** @throws {Refusal} `member_class_exists`, `invalid_identifier` */
export async function addMemberClass (changes: Changes, actor: Actor, { code, description }: MemberClassText): Promise<void> {
  await changes.change(actor, async (tx) => {
    checkCodes({ code }, (await readParameters(tx)).strictIdentifiers)
    const text = checkText('description', description)
    if (await tx.run('INSERT INTO member_class (code, description) VALUES (?, ?) ON CONFLICT DO NOTHING', code, text) === 0) {
      throw new Refusal('conflict', 'member_class_exists', `member class ${code} exists already`, { fields: { code: 'is taken' } })
    }
    await tx.record({ action: 'member-class.add', object: { kind: 'memberClass', id: code }, after: { description: text } })
  })
}

/** @throws {Refusal} `member_class_not_found` */
export async function describeMemberClass (changes: Changes, actor: Actor, { code, description }: MemberClassText): Promise<void> {
  await changes.change(actor, async (tx) => {
    const before = await tx.get<{ description: string }>('SELECT description FROM member_class WHERE code = ?', code)
    if (before === undefined) throw notFound(code)
    const text = checkText('description', description)
    await tx.run('UPDATE member_class SET description = ? WHERE code = ?', text, code)
    await tx.record({ action: 'member-class.edit', object: { kind: 'memberClass', id: code }, before, after: { description: text } })
  })
}

/** @throws {Refusal} `member_class_is_in_use`, `member_class_not_found` */
export async function deleteMemberClass (changes: Changes, actor: Actor, code: string): Promise<void> {
  await changes.change(actor, async (tx) => {
    const found = await tx.get<{ id: number, description: string }>('SELECT id, description FROM member_class WHERE code = ?', code)
    if (found === undefined) throw notFound(code)
    if (await tx.get('SELECT 1 AS found FROM member WHERE member_class_id = ? LIMIT 1', found.id) !== undefined) {
      throw new Refusal('conflict', 'member_class_is_in_use', `member class ${code} has members`)
    }
    await tx.run('DELETE FROM member_class WHERE id = ?', found.id)
    await tx.record({ action: 'member-class.delete', object: { kind: 'memberClass', id: code }, before: { description: found.description } })
  })
}

function notFound (code: string): Refusal {
  return new Refusal('notFound', 'member_class_not_found', `there is no member class ${code}`)
}
