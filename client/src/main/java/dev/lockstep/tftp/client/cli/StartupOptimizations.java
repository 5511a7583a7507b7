package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.transfer.TransferSummary;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.security.SecureRandom;

/**
 * Shortens the time to the first packet of a process that moves a file and ends. What a transfer will need is loaded on
 * a second thread while the command line is read, and what Netty looks for without need is not looked for.
 */
final class StartupOptimizations {
    private StartupOptimizations() {}

    /** Before anything of Netty's is used. Returns at once. */
    static void begin() {
        setUnlessSet("io.netty.jfr.enabled", "false"); // its event types take 40 ms to register
        setUnlessSet("io.netty.allocator.type", "pooled"); // the one we use, or there would be two
        setUnlessSet("io.netty.processId", "1"); // these two name channels in logs of many hosts
        setUnlessSet("io.netty.machineId", "00:00:00:00:00:00");
        StderrLoggerFactory.toStandardError();
        Thread loader = new Thread(StartupOptimizations::load, "tftp-load");
        loader.setDaemon(true);
        loader.setUncaughtExceptionHandler((thread, failure) -> {}); // the transfer will meet it, and say it
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
        new SecureRandom().nextInt(); // of temporary names
        TransferSummary.rate(1, 1);
    }
}
