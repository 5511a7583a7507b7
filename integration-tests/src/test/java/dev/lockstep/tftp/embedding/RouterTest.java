package dev.lockstep.tftp.embedding;

// example
import static dev.lockstep.tftp.junit.PacketType.DATA;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.junit.TftpFixture;
import dev.lockstep.tftp.junit.TftpServerTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@TftpServerTest // a free port on loopback, files in memory, a new server for each test
class RouterTest {
    private final Router router = new Router();

    @Test
    void saves_its_configuration(TftpFixture tftp) throws IOException {
        tftp.serve("startup.cfg", "hostname r7"); // or a path, a folder, a function of the request
        tftp.nextTransfer().drop(DATA, 2).delay(ofMillis(50)); // the same in each run
        router.boot(tftp.uri("startup.cfg"));
        router.saveTo(tftp.uri("r7.cfg"));
        assertThat(tftp.uploads()).containsOnlyKeys("r7.cfg");
        assertThat(tftp.uploads().get("r7.cfg").text()).isEqualTo("hostname r7");
        assertThat(tftp.requests())
                .first()
                .matches(request -> request.options().blksize().getAsInt() == 1428);
    }
}
