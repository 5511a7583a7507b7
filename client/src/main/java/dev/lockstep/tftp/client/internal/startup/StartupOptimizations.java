package dev.lockstep.tftp.client.internal.startup;

import dev.lockstep.tftp.event.TransferSummary;
import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.security.SecureRandom;

/**
 * Reduces the time to the first packet of a short-lived process. A second thread loads the classes of a transfer while
 * the command line is parsed. Features of Netty that are not needed are disabled.
 */
public final class StartupOptimizations {
    private StartupOptimizations() {}

    /** Applies the optimizations. Must be called before any use of Netty. Returns at once. */
    public static void begin() {
        setUnlessSet("io.netty.jfr.enabled", "false"); // its event types take 40 ms to register
        setUnlessSet(
                "io.netty.allocator.type", "pooled"); // the allocator in use; the default would create a second one
        setUnlessSet("io.netty.processId", "1"); // both are used only for channel IDs
        setUnlessSet("io.netty.machineId", "00:00:00:00:00:00");
        StderrLoggerFactory.toStandardError();
        Thread loader = new Thread(StartupOptimizations::load, "tftp-load");
        loader.setDaemon(true);
        loader.setUncaughtExceptionHandler(
                (thread, failure) -> {}); // the transfer will fail with the same cause and report it
        loader.start();
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static void load() {
        Transport transport = Transport.best();
        Channel socket = transport.socketsFor(InetAddress.getLoopbackAddress()).newChannel();
        socket.unsafe().closeForcibly();
        PooledByteBufAllocator.DEFAULT.directBuffer().release();
        new SecureRandom().nextInt(); // for the names of temporary files
        TransferSummary.rate(1, 1);
    }
}
