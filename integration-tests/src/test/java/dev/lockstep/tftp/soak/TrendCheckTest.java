package dev.lockstep.tftp.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TrendCheckTest {
    private static final int SAMPLES = 360;

    private static boolean isFlat(Measure measure, IntToDoubleFunction course) {
        List<ResourceSample> samples = IntStream.range(0, SAMPLES)
                .mapToObj(i -> {
                    double[] values = new double[Measure.values().length];
                    values[measure.ordinal()] = course.applyAsDouble(i);
                    return new ResourceSample(5.0 * i, values);
                })
                .toList();
        return TrendCheck.of(measure, samples).isFlat();
    }

    @ParameterizedTest
    @EnumSource
    void a_fluctuating_measure_is_flat(Measure measure) {
        SplittableRandom random = new SplittableRandom(7);
        assertThat(isFlat(measure, i -> 100 + random.nextDouble(-20, 20))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_growing_measure_is_not_flat(Measure measure) {
        assertThat(isFlat(measure, i -> 100 + i * 0.2)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void growth_above_the_fluctuation_is_not_flat(Measure measure) {
        SplittableRandom random = new SplittableRandom(7);
        assertThat(isFlat(measure, i -> 100 + random.nextDouble(-20, 20) + i * 0.2))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void growth_during_the_warm_up_only_is_flat(Measure measure) {
        assertThat(isFlat(measure, i -> Math.min(i, SAMPLES / 5.0))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void one_outlier_is_flat(Measure measure) {
        assertThat(isFlat(measure, i -> i == SAMPLES - 1 ? 1000 : 100)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_lasting_step_is_not_flat(Measure measure) {
        assertThat(isFlat(measure, i -> i < SAMPLES / 2 ? 100 : 150)).isFalse();
    }

    @Test
    void descriptors_left_open_after_the_load_are_not_flat() {
        ResourceSample before = new ResourceSample(0, 6, 0, 21, 15, 108);
        assertThat(TrendCheck.between(Measure.DESCRIPTORS, before, new ResourceSample(60, 6, 0, 24, 15, 108))
                        .isFlat())
                .isTrue();
        assertThat(TrendCheck.between(Measure.DESCRIPTORS, before, new ResourceSample(60, 6, 0, 60, 15, 108))
                        .isFlat())
                .isFalse();
    }
}
