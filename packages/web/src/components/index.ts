export { icon, iconFile, type IconName, ICONS } from './icon.ts'
export {
  alert, type Alert, type AlertKind, card, columns, count, dash, dateTime, day, descriptionList, emptyState, fingerprint, grid, identifier,
  relativeTime, section, type Section, type Stat, stats, statusBadge, type StatusKind, tag, type Term
} from './content.ts'
export {
  actionForm, type ActionForm, actions, button, type Button, type ButtonKind, confirm, type Confirm, linkButton, type LinkButton
} from './actions.ts'
export { CSRF_FIELD, csrfInput } from './csrf.ts'
export { type Field, field, fieldId, type Option, suggestionOptions } from './field.ts'
export { errorSummary, type FieldErrors, fieldGroup, filterBar, type FilterBar, form, type Form, results } from './form.ts'
export {
  bulkSelection, type BulkSelection, type Column, dataTable, type DataTable, pager, type Pager, type Selection
} from './table.ts'
export { type HistoryEntry, type Step, type StepState, steps, type Tab, tabs, timeline } from './progress.ts'
export { changeList, changesBetween, type FieldChange } from './changes.ts'
export { diff, type Diff } from './diff.ts'
export { type DiffLine, diffLines } from './diff-lines.ts'
export { codeBlock, type CodeBlock, copyButton } from './code-block.ts'
