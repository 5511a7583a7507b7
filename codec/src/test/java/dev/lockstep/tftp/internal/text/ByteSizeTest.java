package dev.lockstep.tftp.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "4096, 4096",
        "64K, 65536",
        "64k, 65536",
        "64KB, 65536",
        "64KiB, 65536",
        "512M, 536870912",
        "512MiB, 536870912",
        "2g, 2147483648",
        "3T, 3298534883328",
        "8388607T, 9223370937343148032",
    })
    void a_size_is_a_number_with_or_without_a_unit(String text, long size) {
        assertThat(ByteSize.parse(text, 1)).isEqualTo(new ByteSize(size));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0K",
                "-1",
                "+1",
                "1.5K",
                "K",
                "1X",
                "1 K",
                " 1",
                "1KK",
                "1iB",
                "abc",
                "0x10",
                "8388608T",
                "999999999999999T",
                "9999999999999999999999",
                "٤"
            })
    void anything_else_is_rejected_with_the_expected_form(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' (expected: a size such as 4096, 64K or 512M)");
    }

    @Test
    void zero_is_a_size_where_it_is_allowed() {
        assertThat(ByteSize.parse("0K", 0).bytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 1000", "98304, 96K", "64M, 64M", "1536K, 1536K", "1024G, 1T", "2048T, 2048T"})
    void a_size_is_printed_in_the_largest_unit_that_divides_it(String text, String printed) {
        assertThat(ByteSize.parse(text, 0)).hasToString(printed);
    }
}
