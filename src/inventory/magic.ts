// Ansible's magic variables: the engine sets them, and nobody else can.

/** Always defined, and never to be set. */
export const magicVariables: readonly string[] = [
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_dir',
  'groups',
  'group_names',
  'hostvars',
  'playbook_dir',
  'play_hosts',
  'ansible_play_hosts',
  'ansible_play_batch',
  'ansible_play_hosts_all',
  'ansible_check_mode',
  'ansible_failed_task',
  'ansible_failed_result',
  'omit',
];

/** Defined inside a loop only. */
export const loopVariables: readonly string[] = ['ansible_loop_var'];

/** Whether only the engine sets a variable of that name. */
export const isMagic = (name: string): boolean => magic.has(name);

const magic = new Set([...magicVariables, ...loopVariables, 'ansible_loop']);
