export { pem, xmlsecVerify } from '@trembita/testnet/verifiers'
