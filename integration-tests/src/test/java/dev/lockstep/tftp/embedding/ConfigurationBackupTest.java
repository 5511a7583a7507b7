package dev.lockstep.tftp.embedding;

// example
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.junit.RecordedTransfer;
import dev.lockstep.tftp.junit.TftpFixture;
import dev.lockstep.tftp.junit.TftpServerTest;
import org.junit.jupiter.api.Test;

@TftpServerTest
class ConfigurationBackupTest {
    private final ConfigurationBackup manager = new ConfigurationBackup();

    private boolean backUp(String configuration, TftpFixture tftp) {
        ConfigurationBackup.Device device = target -> {
            try (TftpClient client = TftpClient.builder().windowsize(1).build()) {
                client.put(configuration.getBytes(UTF_8), target);
            }
        };
        return manager.backUp(
                "r7",
                device,
                tftp.uri("r7.cfg"),
                () -> tftp.awaitUpload("r7.cfg").text());
    }

    @Test
    void an_upload_that_fails_keeps_the_last_configuration(TftpFixture tftp) {
        assertThat(backUp("hostname r7\nend\n", tftp)).isTrue();
        tftp.nextTransfer().errorAfter(2, ErrorCode.DISK_FULL, "disk is full");
        assertThat(backUp("interface\n".repeat(1000) + "end\n", tftp)).isFalse();
        assertThat(manager.configurationOf("r7")).isEqualTo("hostname r7\nend\n");
        RecordedTransfer failed = tftp.awaitTransfers(2).get(1);
        assertThat(failed.bytes()).isEqualTo(2 * 1428);
        assertThat(failed.failure()).get().hasToString("dev.lockstep.tftp.codec.TftpException: disk is full");
    }
}
