package dev.lockstep.tftp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaks buffers. Registered for all tests. */
public final class LeakCheck implements AfterAllCallback {
    private static final int ATTEMPTS = 20;
    private static final long ATTEMPT_MILLIS = 500;

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        if (RecordingLeakDetector.isAnyOpen()) {
            collectGarbage();
            ByteBufAllocator.DEFAULT.buffer().release(); // Netty's detector reports leaks at the next allocation
        }
        assertThat(RecordingLeakDetector.takeLeaks()).as("leaked buffers").isEmpty();
    }

    /** Runs the garbage collector until it has collected an unreachable object. */
    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> found = new ReferenceQueue<>();
        Reference<Object> lost = loseAnObject(found);
        Reference<?> first = null;
        for (int attempt = 0; first == null && attempt < ATTEMPTS; attempt++) {
            System.gc();
            first = found.remove(ATTEMPT_MILLIS);
        }
        assertThat(first).as("a collection within %d attempts", ATTEMPTS).isSameAs(lost);
    }

    private static Reference<Object> loseAnObject(ReferenceQueue<Object> found) {
        return new PhantomReference<>(new Object(), found);
    }
}
