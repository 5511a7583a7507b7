package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StorageOptionsTest {
    private static StorageOptions options(String limit) {
        StorageOptions options = new StorageOptions(new OriginOptions());
        new CommandLine(options)
                .registerConverter(ByteSize.class, Invocation::byteSize)
                .parseArgs("--memory", "--memory-limit", limit);
        return options;
    }

    @Test
    void a_memory_limit_that_the_heap_cannot_hold_is_refused() throws IOException {
        long half = Runtime.getRuntime().maxMemory() / 2;
        assertThat(options(Long.toString(half)).storage()).isInstanceOf(MemoryStorage.class);
        String more = Long.toString(half + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(more).storage())
                .withMessage("--memory-limit: " + more + " (expected: at most " + half
                        + ", half of the heap; JAVA_OPTS=-Xmx gives it more)");
    }
}
