package parley.proving;

import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The cases of one kind.
 *
 * @param isBasic if a case of this kind fails, the other kinds are skipped
 */
record Kind(String name, boolean isBasic, Supplier<Stream<? extends Case>> cases) {}
