package dev.lockstep.tftp.embedding;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import org.junit.jupiter.api.Test;

class MemoryBoundTest {
    /** Empty files must not fill the heap: their names take memory, too. */
    @Test
    void empty_files_are_bounded_by_the_limit() {
        MemoryStorage storage = new MemoryStorage(64 * 1024, WriteRules.ANY_FILE);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        storage.put("name" + i, new byte[0]);
                    }
                })
                .isInstanceOf(TftpException.class);
    }
}
