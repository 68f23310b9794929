// How CloudStack says no: an HTTP status that is its own error code, a second code for the Java exception, a text.

/** `cserrorcode` by exception (CSExceptionErrorCode). */
export const exceptionCodes = {
  CloudRuntime: 4250,
  InvalidParameterValue: 4350,
  RequestLimit: 4545,
  ServerApi: 9999,
} as const;

export interface RefusalDetails {
  /** Absent where CloudStack sends none: 401 and 531. */
  readonly exception?: keyof typeof exceptionCodes | undefined;
  readonly uuidList?: readonly { readonly uuid: string; readonly description: string }[] | undefined;
}

/** Thrown by the rules of the lab for what CloudStack refuses; becomes an answer or the result of a job. */
export class Refusal extends Error {
  readonly status: number;
  readonly exception: keyof typeof exceptionCodes | undefined;
  readonly uuidList: readonly { readonly uuid: string; readonly description: string }[];

  constructor(status: number, text: string, details: RefusalDetails = {}) {
    super(text);
    this.name = 'Refusal';
    this.status = status;
    this.exception = details.exception;
    this.uuidList = details.uuidList ?? [];
  }
}

/** 431, InvalidParameterValueException. */
export const invalid = (text: string): Refusal => new Refusal(431, text, { exception: 'InvalidParameterValue' });
/** 431, raised while the parameters are unpacked. */
export const malformed = (text: string): Refusal => new Refusal(431, text, { exception: 'ServerApi' });
/** 530, CloudRuntimeException. */
export const broken = (text: string): Refusal => new Refusal(530, text, { exception: 'CloudRuntime' });
/** 530, anything that no one caught. */
export const uncaught = (text: string): Refusal => new Refusal(530, text, { exception: 'ServerApi' });
