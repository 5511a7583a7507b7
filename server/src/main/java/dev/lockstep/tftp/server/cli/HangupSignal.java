package dev.lockstep.tftp.server.cli;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signal SIGHUP. */
final class HangupSignal {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private HangupSignal() {}

    /**
     * Installs a handler, if the system has this signal. Uses reflection, since no Java API provides signals.
     *
     * @param task called on a thread of its own for each signal
     */
    static void handle(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, parameters) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                        }
                        return null;
                    });
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler).invoke(null, hangup, proxy);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("cannot handle SIGHUP: {}", e.toString());
        }
    }
}
