export { ApiClient, ApiProblem, type Done, type QueryValues } from '@trembita/web/console'
