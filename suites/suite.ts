/** The scenarios of an area of the specifications, in the order in which they are played. */
export interface Suite {
  readonly area: string;
  /** The feature that every scenario of the area depends on. */
  readonly needs: readonly string[];
  /** Scenario ids. */
  readonly scenarios: readonly string[];
}
