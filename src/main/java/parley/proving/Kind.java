package parley.proving;

import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Cases of one kind.
 *
 * @param isBasic the other kinds make no sense if one of this fails
 */
record Kind(String name, boolean isBasic, Supplier<Stream<? extends Case>> cases) {}
