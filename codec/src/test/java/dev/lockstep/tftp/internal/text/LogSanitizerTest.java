package dev.lockstep.tftp.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogSanitizerTest {
    @ParameterizedTest
    @CsvSource({
        "000a, \\x0a", // would begin a new line in the log
        "001b, \\x1b", // ESC
        "007f, \\x7f",
        "0085, \\x85", // NEL
        "009b, \\x9b", // CSI in one character
        "00ad, \\xad",
        "061c, \\u{61c}",
        "200f, \\u{200f}",
        "2028, \\u{2028}",
        "202e, \\u{202e}", // right-to-left override
        "2066, \\u{2066}",
        "d800, \\u{d800}",
        "feff, \\u{feff}",
        "e0041, \\u{e0041}",
    })
    void characters_that_are_not_printable_are_escaped(String point, String written) {
        String character = Character.toString(Integer.parseInt(point, 16));
        assertThat(LogSanitizer.of("a" + character + "b")).isEqualTo("a" + written + "b");
    }

    @Test
    void text_in_any_script_is_not_changed() {
        String text = "pxelinux.0 Übung ファイル שלום 😀 ~";
        assertThat(LogSanitizer.of(text)).isEqualTo(text);
    }
}
