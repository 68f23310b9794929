// A system VM of the lab as data. The management server's world decides what is in it (by CloudStack's rules);
// the listeners and the SSH side only show it.

/** What a port of a machine does to a client. */
export type PortState =
  | { readonly kind: 'closed' }
  /** Plain HTTP: TLS is not switched on. */
  | { readonly kind: 'plain' }
  /** Presents exactly these certificates (PEM, in this order) with this key, also where they do not fit. */
  | { readonly kind: 'tls'; readonly certificates: readonly string[]; readonly key: string };

export interface TrustStoreEntry {
  /** Lower case, as keytool prints it. */
  readonly alias: string;
  readonly kind: 'trustedCertEntry' | 'PrivateKeyEntry';
  readonly pem: string;
}

export interface Machine {
  /** The system VM's id. */
  readonly id: string;
  readonly type: 'consoleproxy' | 'secondarystoragevm';
  readonly name: string;
  readonly zone: string;
  /** Name of the hypervisor host it runs on. */
  readonly hypervisor: string;
  readonly publicIp: string;
  readonly privateIp: string;
  readonly linkLocalIp: string;
  /** Whether anything answers at all. */
  readonly power: 'off' | 'booting' | 'on';
  readonly ports: Readonly<Record<number, PortState>>;
  /** Text files in the machine by absolute path, what SSH may look at. Includes private keys: as in the real one. */
  readonly files: Readonly<Record<string, string>>;
  readonly trustStore: {
    readonly path: string;
    readonly password: string;
    readonly entries: readonly TrustStoreEntry[];
  };
  readonly services: Readonly<Record<string, 'active' | 'inactive' | 'failed'>>;
}
