export { type Mailbox, type MailboxOptions, type ReceivedMail, startMailbox } from './mailbox.ts'
