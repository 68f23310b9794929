// What one management server believes a setting is. Values that are not dynamic are read once a start, with exceptions
// that decide what a rotation must do (cloudstack-facts: the settings' table; measured on 4.21 and 4.22).

import type { Install, ServerRow, ZoneRow } from './install.ts';

/** The value that a server goes by, at a zone where the setting has that scope. Null where nothing is stored. */
export function believed(install: Install, server: ServerRow, name: string, zone?: ZoneRow): string | null {
  const setting = install.settings.find(name);
  if (setting === undefined) return null;
  if (zone && setting.zoneScoped && install.settings.hasInZone(name, zone.id)) {
    return install.settings.inZone(name, zone.id);
  }
  return setting.dynamic ? install.settings.stored(name) : (server.memo.get(name) ?? null);
}

export const isTrue = (value: string | null): boolean => value === 'true';

/** The state of the console proxy service: live until 4.21, whatever it was at the server's start from 4.22. */
export function managementState(install: Install, server: ServerRow): string {
  const name = 'consoleproxy.management.state';
  return (install.rules.stateReadOnce ? server.memo.get(name) : install.settings.stored(name)) ?? 'Auto';
}

/** Whether console proxies of that zone are to speak TLS, for boot arguments. */
export function consoleTls(install: Install, server: ServerRow, zone: ZoneRow): boolean {
  return (
    isTrue(believed(install, server, 'consoleproxy.sslEnabled', zone)) &&
    (believed(install, server, 'consoleproxy.url.domain', zone) ?? '') !== ''
  );
}

/** The same for the push of the keystore, which until 4.21 reads what is stored now. */
export function consoleKeystore(install: Install, server: ServerRow, zone: ZoneRow): boolean {
  if (install.rules.stateReadOnce) return consoleTls(install, server, zone);
  const stored = (name: string) => install.settings.stored(name);
  return isTrue(stored('consoleproxy.sslEnabled')) && (stored('consoleproxy.url.domain') ?? '') !== '';
}

/** Whether storage VMs get the certificate: both settings, as they were when the server started. */
export function storageTls(server: ServerRow): boolean {
  const domain = server.memo.get('secstorage.ssl.cert.domain') ?? '';
  return isTrue(server.memo.get('secstorage.encrypt.copy') ?? null) && domain !== '';
}

/** `consoleproxy.restart`: false freezes the scans of both kinds of VM. Never cached. */
export const restartsVms = (install: Install): boolean => install.settings.stored('consoleproxy.restart') !== 'false';
