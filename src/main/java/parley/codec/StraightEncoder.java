package parley.codec;

/**
 * An encoder of this package's own, which puts its bytes straight into the caller's buffer: it only
 * puts, relative to the buffer's position, and keeps nothing of it.
 */
non-sealed interface StraightEncoder extends BufferEncoder {}
