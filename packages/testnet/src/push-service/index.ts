export { readPushMessage, UnreadableMessage, type UserAgentKeys } from './message-encryption.ts'
export {
  type DevelopmentSubscription, type PushService, type PushServiceOptions, type ReceivedMessage, type RefusedMessage, type ScriptedAnswer, startPushService
} from './push-service.ts'
