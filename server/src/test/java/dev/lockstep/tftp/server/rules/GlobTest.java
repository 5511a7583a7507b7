package dev.lockstep.tftp.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                // without a slash: matches the last element
                "*.efi grub.efi true",
                "*.efi boot/x64/grub.efi true",
                "*.efi grub.efi.bak false",
                "grub.* boot/grub.cfg true",
                // with a slash: matches the whole name, and * does not cross a slash
                "/*.efi grub.efi true",
                "/*.efi boot/grub.efi false",
                "boot/* boot/x true",
                "boot/* boot/x/y false",
                "boot/** boot/x/y true",
                "boot/** boots/x false",
                "boot/** boot false",
                "**/x x true",
                "**/x a/b/x true",
                "**/x a/bx false",
                "a/**/x a/x true",
                "a/**/x a/b/c/x true",
                "a/**x a/b/cx true",
                // characters
                "v?.bin v1.bin true",
                "v?.bin v.bin false",
                "v[0-3].bin v3.bin true",
                "v[0-3].bin v4.bin false",
                "v[!0-3].bin v4.bin true",
                "{a,b*}.cfg bee.cfg true",
                "{a,b*}.cfg c.cfg false",
                "a,b a,b true",
                "a.b axb false",
                "a+(b)$ a+(b)$ true",
                "\\* * true",
                "\\* x false",
                "ü* über true",
                "*.EFI grub.efi false",
            })
    void a_name_matches_a_pattern_or_not(String pattern, String name, boolean matches) {
        assertThat(Glob.parse(pattern, false).matches(name)).isEqualTo(matches);
    }

    @Test
    void matching_is_case_sensitive_unless_names_are_folded() {
        assertThat(Glob.parse("Boot/*.efi", true).matches("bOOT/GRUB.EFI")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a", "[]", "[!]", "[a/b]", "{a", "a}", "a\\"})
    void an_invalid_pattern_is_rejected(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Glob.parse(pattern, false))
                .withMessageStartingWith(pattern + " (expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[[:x:]]", "[a-]", "[^a]", "[-a]", "[\\d]", "|", "^", "${x}", "(?i)"})
    void other_characters_are_literal(String pattern) {
        assertThatNoException().isThrownBy(() -> Glob.parse(pattern, false));
    }

    @Test
    void no_name_makes_matching_slow() {
        Glob stars = Glob.parse("a*a*a*a*a*a*a*a*a*a*a*b", false);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(stars.matches("a".repeat(60_000))).isFalse());
    }
}
