/** One gateway of our pair, in a process of its own: prints its address for information systems when it carries messages. */
import { createLogger, untilSignal } from '@trembita/daemon'
import { readGatewayConfig, startGateway } from '@trembita/gateway'

const config = readGatewayConfig(process.argv[2]!, {})
await using gateway = await startGateway(config, createLogger('gateway', config.logLevel))
console.log(gateway.addresses.consumerHttp)
await untilSignal()
