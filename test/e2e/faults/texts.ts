// Texts that several rows of the table have in common: what is said, its hint, why something is done again.

export const DENIED = 'unable to verify user credentials and/or request signature (401)';
export const NO_NEW_JOBS =
  'Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs (503)';
export const JOB_FAILED = 'its job failed: Command failed due to Internal Server Error (530)';
export const UNKNOWN = 'job ID has not ended after N s; its outcome is unknown';
export const CUT = 'API closed the connection without an answer';
export const THE_CHAIN = 'lab, The chain is in CloudStack';
export const CONSOLE = 'lab/ams/v-1-VM, The system VMs serve it';
export const STORAGE = 'lab/ams/s-2-VM, The system VMs serve it';
export const SERVER = 'lab/ms1.lab.example, The new settings count';

export const CHECK_KEYS =
  'hint: check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command';
export const OTHER_SERVER =
  'hint: this management server is in maintenance or shutting down: use another one ("api_url"), or cancelMaintenance / cancelShutdown';
export const WHO_CUTS =
  'hint: the management server is going down (see its management-server.log), or a load balancer, proxy or firewall on the way cuts connections';
export const IN_THE_LOG = 'hint: the reason is in /var/log/cloudstack/management/management-server.log: grep ID';
export const MAY_END = 'hint: it may still end: queryAsyncJobResult jobid=ID; a longer "timeout:" waits longer';
export const WHY_DOWN = 'hint: see listEvents and its host; destroySystemVm id=ID makes CloudStack create a new one';
export const IN_ITS_LOG =
  'hint: look at /var/log/cloud.log in it; destroySystemVm id=ID makes CloudStack create a new one';
export const IN_ITS_LOGS =
  'hint: look at /var/log/cloud.log in it and at systemctl status apache2; destroySystemVm id=ID makes CloudStack create a new one';
export const NO_HINT = 'hint: none';
export const INTERRUPTED = 'interrupted: what was under way was awaited; nothing else was started';
export const GIVEN_UP =
  'interrupted: what was under way was given up, its outcome is unknown; nothing else was started';

export const JOB_HAD_FAILED = 'its job had failed';
export const MOVED_SINCE = 'the rest of the upload has moved the management state since';
export const FAILED_AND_MOVED = 'its job had failed; the rest of the upload has moved the management state since';
