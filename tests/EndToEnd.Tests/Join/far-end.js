// A far end for one page: it answers offers, and sends a picture of one colour on any line on which the page wants to be sent one.
() => {
  let connection = null;
  const canvases = new Map();

  function canvas(mid) {
    if (!canvases.has(mid)) {
      const made = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
      document.body.append(made);
      const drawing = { made, colour: 'black', count: 0 };
      // A canvas that is drawn on again and again has frames to send.
      setInterval(() => {
        const paper = made.getContext('2d');
        paper.fillStyle = drawing.colour;
        paper.fillRect(0, 0, 640, 360);
        paper.fillStyle = '#0003';
        paper.fillRect((drawing.count++ * 4) % 640, 0, 60, 360);
      }, 100);
      canvases.set(mid, drawing);
    }
    return canvases.get(mid);
  }

  const wanted = () => connection.getTransceivers().filter(t => t.currentDirection === 'sendonly');

  globalThis.farEnd = {
    async answer(offer, isFirst) {
      if (isFirst) {
        connection?.close();
        connection = new RTCPeerConnection();
      }
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      for (const transceiver of connection.getTransceivers()) {
        const isWanted = offer.split(/^m=/m).find(part => part.includes(`a=mid:${transceiver.mid}\r`))?.includes('a=recvonly');
        transceiver.direction = isWanted ? 'sendonly' : 'recvonly';
        if (isWanted && transceiver.receiver.track.kind === 'video' && !transceiver.sender.track)
          await transceiver.sender.replaceTrack(canvas(transceiver.mid).made.captureStream(10).getVideoTracks()[0]);
      }
      await connection.setLocalDescription();
      while (connection.iceGatheringState !== 'complete')
        await new Promise(resolve => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
      return connection.localDescription.sdp;
    },

    /** How many pairs can be shown something on. */
    pairs: () => connection ? wanted().length / 2 : 0,

    /** [audio mid, video mid] of the n-th pair. */
    show(pair, colour) {
      const [audio, video] = ['audio', 'video'].map(kind => wanted().filter(t => t.receiver.track.kind === kind)[pair].mid);
      canvas(video).colour = colour;
      return [audio, video];
    },

    async pictures() {
      // Before an offer has come there are none.
      if (!connection)
        return 0;
      const reports = [...(await connection.getStats()).values()];
      return reports.filter(r => r.type === 'inbound-rtp' && r.kind === 'video' && r.framesDecoded > 0).length;
    },
  };
}
