package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.TftpException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Sends one ERROR and closes the channel: the only handler of a channel that was opened to refuse a request. */
final class ErrorResponseHandler extends ChannelInboundHandlerAdapter {
    private final TftpException refusal;

    ErrorResponseHandler(TftpException refusal) {
        this.refusal = refusal;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ServerHandshake.refuse(ctx, refusal);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // the client is gone
    }
}
