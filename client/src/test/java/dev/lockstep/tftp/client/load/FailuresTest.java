package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private final Failures failures = new Failures();

    private long countOf(String reason) {
        return failures.reasons.get(reason).sum();
    }

    private void fail(String file, String text) {
        failures.add(file, new TftpException(ErrorCode.NOT_DEFINED, text));
    }

    @Test
    void failures_that_differ_in_the_file_name_are_counted_as_one_reason() {
        failures.add("up-1.bin", TftpException.fromPeer(new ErrorMessage(6, "up-1.bin: file already exists")));
        failures.add("up-20.bin", TftpException.fromPeer(new ErrorMessage(6, "up-20.bin: file already exists")));
        assertThat(failures.reasons).hasSize(1);
        assertThat(countOf("server sent ERROR 6 up-1.bin: file already exists")).isEqualTo(2);
        assertThat(failures.serverErrors.get(6).sum()).isEqualTo(2);
    }

    @Test
    void failures_that_differ_in_a_measured_number_are_counted_as_one_reason() {
        fail("f", "no answer from 192.0.2.1:69 in 30 s (asked 9 times)");
        fail("f", "no answer from 192.0.2.1:69 in 30.1 s (asked 10 times)");
        assertThat(failures.reasons.keySet()).containsExactly("no answer from 192.0.2.1:69 in 30 s (asked 9 times)");
    }

    @Test
    void failures_of_different_servers_or_with_different_codes_are_different_reasons() {
        fail("f", "no answer from 192.0.2.1:69 in 30 s");
        fail("f", "no answer from 192.0.2.2:69 in 30 s");
        failures.add("f", TftpException.fromPeer(new ErrorMessage(1, "no")));
        failures.add("f", TftpException.fromPeer(new ErrorMessage(2, "no")));
        assertThat(failures.reasons).hasSize(4);
    }

    @Test
    void equal_cases_of_wrong_content_are_listed_once() {
        failures.addWrongContent("f", "wrong byte at offset 3");
        failures.addWrongContent("f", "wrong byte at offset 3");
        assertThat(failures.wrongContent).containsExactly("f: wrong byte at offset 3");
        assertThat(countOf("wrong content")).isEqualTo(2);
    }

    @Test
    void texts_of_a_hostile_server_are_limited_in_number() {
        for (int i = 0; i < 1000; i++) {
            fail("f", "text" + i);
        }
        assertThat(failures.reasons).hasSize(41);
        assertThat(countOf("other")).isEqualTo(960);
    }

    @Test
    void the_reason_for_a_transfer_that_was_not_started_is_the_root_cause() {
        failures.addNotStarted(new TftpException(
                ErrorCode.NOT_DEFINED,
                "no socket",
                new IllegalStateException(
                        "no", new Exception("newSocketDgram(..) failed with error(-24): too many files"))));
        assertThat(failures.notStarted).isEqualTo("too many files");
    }
}
