import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

export default [
  { ignores: [...resolveIgnoresFromGitignore(), '**/dist/**'] },
  ...neostandard({ ts: true }),
  { rules: { '@stylistic/max-len': 'off', 'no-control-regex': 'off', 'no-void': ['error', { allowAsStatement: true }] } }
]
