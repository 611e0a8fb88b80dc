export type { AccessRule, MonitoringSettings, PersonalDataInput, PersonalDataSettings } from './settings.ts'
