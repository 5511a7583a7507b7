package dev.lockstep.tftp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options.Option;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @Test
    void options_keep_their_order_and_case() {
        Options options =
                Options.NONE.with("TSize", 0).with("msftwindow", "31416").with("blkSIZE", 1428);
        assertThat(options)
                .containsExactly(
                        new Option("TSize", "0"), new Option("msftwindow", "31416"), new Option("blkSIZE", "1428"));
        assertThat(options).hasToString("TSize=0 msftwindow=31416 blkSIZE=1428");
    }

    @Test
    @Tag("case-24")
    void case24_an_option_is_found_in_any_case() {
        Options options = Options.NONE.with("BlkSize", 1428);
        assertThat(options.value("blksize")).contains("1428");
        assertThat(options.value("BLKSIZE")).contains("1428");
        assertThat(options.has("blkSIZE")).isTrue();
        assertThat(options.number("blksize", 8, 65_464)).hasValue(1428);
        assertThat(options.has("blksize2")).isFalse();
        assertThat(options.value("tsize")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"blks\u0131ze, blksize", "t\u017Fize, tsize", "bl\u212Asize, blksize"})
    void only_ascii_letters_are_case_insensitive(String lookalike, String name) {
        Options options = Options.NONE.with(lookalike, 1428);
        assertThat(options.has(name)).isFalse();
        assertThat(options).isNotEqualTo(Options.NONE.with(name, 1428));
        assertThat(options.with(name, 1)).hasSize(2);
    }

    @Test
    @Tag("case-25")
    void case25_a_second_option_of_the_same_name_is_ignored() {
        Options options = Options.NONE.with("blksize", 1428);
        assertThat(options.with("BLKSIZE", 512)).isSameAs(options);
    }

    @Test
    void adding_an_option_does_not_change_the_original() {
        Options one = Options.NONE.with("a", 1);
        assertThat(one.with("b", 2)).hasSize(2);
        assertThat(one).hasSize(1);
        assertThat(Options.NONE.isEmpty()).isTrue();
        assertThat(one.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "8, 8", "65464, 65464", "9223372036854775807, 9223372036854775807", "4294967296, 4294967296"})
    void plain_digits_are_a_number_of_64_bits(String digits, long number) {
        assertThat(Options.number(new Option("n", digits), 0, Long.MAX_VALUE)).hasValue(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                " 1",
                "1 ",
                "1\t",
                "0x1F",
                "1e3",
                "1.0",
                "1,000",
                "abc",
                "12abc",
                "9223372036854775808",
                "18446744073709551616",
                "99999999999999999999999999",
                "٣",
                "１２"
            })
    @Tag("case-26")
    void case26_any_other_text_is_not_a_number(String value) {
        assertThat(Options.number(new Option("n", value), Long.MIN_VALUE, Long.MAX_VALUE))
                .isEmpty();
    }

    @Test
    void a_number_outside_of_its_range_is_ignored() {
        Options options = Options.NONE.with("timeout", 255);
        assertThat(options.number("timeout", 1, 255)).hasValue(255);
        assertThat(options.number("timeout", 255, 300)).hasValue(255);
        assertThat(options.number("timeout", 1, 254)).isEmpty();
        assertThat(options.number("timeout", 256, 300)).isEmpty();
        assertThat(options.number("tsize", 0, 9)).isEmpty();
    }

    @Test
    void options_are_equal_with_the_same_pairs_in_the_same_order_in_any_case_of_names() {
        Options options = Options.NONE.with("blksize", 8).with("tsize", 0);
        assertThat(options)
                .isEqualTo(Options.NONE.with("BLKSIZE", 8).with("TSIZE", 0))
                .hasSameHashCodeAs(Options.NONE.with("BLKSIZE", 8).with("TSIZE", 0))
                .isNotEqualTo(Options.NONE.with("tsize", 0).with("blksize", 8))
                .isNotEqualTo(Options.NONE.with("blksize", 8))
                .isNotEqualTo(Options.NONE.with("blksize", 8).with("tsize", 1))
                .isNotEqualTo(Options.NONE.with("blksize", 8).with("tsizf", 0));
        assertThat(options.equals(null)).isFalse();
    }

    @Test
    void a_thousand_options_keep_their_order() {
        Options options = Options.NONE;
        for (int i = 0; i < 1000; i++) {
            options = options.with("option" + i, i);
        }
        String values = IntStream.range(0, 1000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertThat(options).extracting(Option::value).isEqualTo(java.util.List.of(values.split(",")));
    }
}
