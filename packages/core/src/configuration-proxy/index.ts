export { configurationProxyCommands } from './commands.ts'
export { readProxyConfig, type ProxiedSource, type ProxyConfig } from './config.ts'
export { replaceSources } from './replace-sources.ts'
export { startConfigurationProxy, type ConfigurationProxy } from './start-proxy.ts'
