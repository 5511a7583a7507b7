package dev.lockstep.tftp.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    @ParameterizedTest
    @CsvSource({
        "--blocksize, --blksize",
        "--wndowsize, --windowsize",
        "--window, --windowsize",
        "--tiemout, --timeout",
        "gte, get",
        "pu, put",
    })
    void a_misspelt_or_shortened_word_is_recognized(String written, String meant) {
        assertThat(Suggestion.near(written, List.of("get", "put", "--blksize", "--windowsize", "--timeout")))
                .contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"--colour", "boot.example.net", "x", "''"})
    void a_word_that_is_not_similar_gets_no_suggestion(String written) {
        assertThat(Suggestion.near(written, List.of("get", "put", "--blksize", "--timeout")))
                .isEmpty();
    }
}
