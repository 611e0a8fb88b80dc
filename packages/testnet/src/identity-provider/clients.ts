import type { IdentityProviderClient } from './identity-provider.ts'

/** Programs of the demonstration that people sign in to. Public clients (PKCE), on any port of this machine. */
const NAMES: Readonly<Record<string, string>> = {
  'trembita-core': 'Ядро системи',
  'trembita-gateway': 'Шлюз безпечного обміну',
  'trembita-monitor': 'Моніторинг доступу до персональних даних',
  'trembita-catalog': 'Каталог сервісів',
  'diia-portal': 'Портал Дія (модель)',
  'business-cabinet': 'Онлайн-кабінет підприємця',
  'diia-office': 'Дія.Офіс',
  'service-centres': 'Платформа Центрів',
  federation: 'Демонстрація Трембіти'
}

/** Each may send people back to any port of 127.0.0.1 (RFC 8252, 7.3); the catalog stands below a path of its own. */
export const DEVELOPMENT_CLIENTS: readonly IdentityProviderClient[] =
  Object.entries(NAMES).map(([id, name]) => ({ id, name, url: id === 'trembita-catalog' ? 'http://127.0.0.1/catalog' : 'http://127.0.0.1', anyPort: true }))
