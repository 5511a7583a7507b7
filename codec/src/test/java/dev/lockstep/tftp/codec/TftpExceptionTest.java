package dev.lockstep.tftp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class TftpExceptionTest {
    @Test
    void a_local_failure_is_sent_with_its_code_and_text() {
        TftpException full = new TftpException(ErrorCode.DISK_FULL, "disk full");
        assertThat(full.toMessage()).isEqualTo(new ErrorMessage(3, "disk full"));
        assertThat(full.is(ErrorCode.DISK_FULL)).isTrue();
        assertThat(full.is(ErrorCode.NOT_DEFINED)).isFalse();
        assertThat(full.isFromPeer()).isFalse();
    }

    @Test
    void an_error_of_the_peer_keeps_an_unknown_code() {
        TftpException unknown = TftpException.fromPeer(new ErrorMessage(23, "odd"));
        assertThat(unknown.code()).isEqualTo(23);
        assertThat(unknown).hasMessage("odd");
        assertThat(unknown.isFromPeer()).isTrue();
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(unknown.is(code)).isFalse();
        }
    }

    @Test
    void an_unexpected_failure_is_sent_without_details() {
        TftpException mapped = TftpException.of(new IOException("/srv/secret/path: denied"));
        assertThat(mapped.toMessage()).isEqualTo(new ErrorMessage(0, "internal error"));
        assertThat(mapped).hasRootCauseMessage("/srv/secret/path: denied");
        assertThat(mapped.explained()).isEqualTo("internal error (java.io.IOException: /srv/secret/path: denied)");
        assertThat(mapped.because("rule 1").toMessage().text()).isEqualTo("internal error");
        assertThat(TftpException.of(mapped)).isSameAs(mapped);
    }

    @Test
    void the_failure_of_a_stage_is_its_cause() {
        TftpException full = new TftpException(ErrorCode.DISK_FULL, "disk full");
        assertThat(TftpException.of(new CompletionException(full))).isSameAs(full);
        IOException denied = new IOException("denied");
        assertThat(TftpException.of(new CompletionException(denied))).hasCause(denied);
        CompletionException bare = new CompletionException("bare", null);
        assertThat(TftpException.of(bare)).hasCause(bare);
    }

    @Test
    void the_codes_have_the_numbers_of_the_rfcs() {
        assertThat(ErrorCode.values()).hasSize(9);
        assertThat(ErrorCode.NOT_DEFINED.number()).isZero();
        assertThat(ErrorCode.FILE_NOT_FOUND.number()).isEqualTo(1);
        assertThat(ErrorCode.ACCESS_VIOLATION.number()).isEqualTo(2);
        assertThat(ErrorCode.DISK_FULL.number()).isEqualTo(3);
        assertThat(ErrorCode.ILLEGAL_OPERATION.number()).isEqualTo(4);
        assertThat(ErrorCode.UNKNOWN_TID.number()).isEqualTo(5);
        assertThat(ErrorCode.FILE_EXISTS.number()).isEqualTo(6);
        assertThat(ErrorCode.NO_SUCH_USER.number()).isEqualTo(7);
        assertThat(ErrorCode.OPTION_REFUSED.number()).isEqualTo(8);
    }
}
