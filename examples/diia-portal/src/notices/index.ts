export { DistributionProblem, Distributions, type Push, type PushAnswer, type RecipientResult, type RecipientState } from './distributions.ts'
export { Notices, type Notice, type NoticeContent } from './notices.ts'
export { MissingParameter, type Parameters, type Template } from './template.ts'
