// The changes that a plan has met so far, so that what depends on them is "to prove" and not a failure.

/** By host path; what lies above and below a host counts as around it. */
export class PlannedChanges {
  /** The latest change on a host itself. */
  readonly #here = new Map<string, string>();
  /** The latest change on or below a host. */
  readonly #below = new Map<string, string>();

  add(host: string, summary: string): void {
    this.#here.set(host, summary);
    for (const path of pathsUp(host)) this.#below.set(path, summary);
  }

  /** The summary of the latest change on that host. */
  on(host: string): string | undefined {
    return this.#here.get(host);
  }

  /** The summary of the latest change on that host, below it, or else on the nearest host above it. */
  around(host: string): string | undefined {
    const near = this.#below.get(host);
    if (near !== undefined) return near;
    for (const path of pathsUp(host)) {
      const above = this.#here.get(path);
      if (above !== undefined) return above;
    }
    return undefined;
  }
}

/** `a/b/c`, `a/b`, `a`. */
function* pathsUp(path: string): Generator<string, void, void> {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    yield at;
    if (!at.includes('/')) return;
  }
}
