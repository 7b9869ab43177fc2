"""Programs for shipped exercises, whose small whole numbers come out in many ways, and bugs planted in them."""

# ruff: noqa: E501 (programs, a change a line)

__all__ = ["SHIPPED_BUGS", "SHIPPED_PROGRAMS"]

SHIPPED_PROGRAMS = {
    "rnn-three-steps": """
net=[None]*3; h=[None]*3
hp=h0
for s in range(3):
    net[s]=Wx@x[s]+Wh@hp+b
    h[s]=np.tanh(net[s])
    hp=h[s]
z=v@h[2]
J=0.5*(z-t)**2
dz=z-t
dv=dz*h[2]
dh=[None]*3; dnet=[None]*3
dh[2]=dz*v
dnet[2]=dh[2]*(1-h[2]**2)
dh[1]=Wh.T@dnet[2]
dnet[1]=dh[1]*(1-h[1]**2)
dh[0]=Wh.T@dnet[1]
dnet[0]=dh[0]*(1-h[0]**2)
db=dnet[0]+dnet[1]+dnet[2]
dWh=np.outer(dnet[0],h0)+np.outer(dnet[1],h[0])+np.outer(dnet[2],h[1])
dWx=np.outer(dnet[0],x[0])+np.outer(dnet[1],x[1])+np.outer(dnet[2],x[2])
Wh_new=Wh-learning_rate*dWh
""",
    "conv-2d-max-pool": """
net=np.zeros((3,3))
for i in range(3):
    for j in range(3):
        net[i,j]=np.sum(X[i:i+2,j:j+2]*K)+b
Pm=np.zeros((2,2))
for i in range(2):
    for j in range(2):
        Pm[i,j]=net[i:i+2,j:j+2].max()
P=Pm
J=0.5*np.sum((P-T)**2)
dP=P-T
dnet=np.zeros_like(net)
for i in range(2):
    for j in range(2):
        w=net[i:i+2,j:j+2]
        k=np.unravel_index(w.argmax(),w.shape)
        dnet[i+k[0],j+k[1]]+=dP[i,j]
db=dnet.sum()
dK=np.zeros_like(K); dX=np.zeros_like(X)
for i in range(3):
    for j in range(3):
        dK+=dnet[i,j]*X[i:i+2,j:j+2]
        dX[i:i+2,j:j+2]+=dnet[i,j]*K
""",
    "softmax-batch": """
N=len(x)
net1=x@W1.T+b1
e=np.exp(net1)
z=e/e.sum(axis=1,keepdims=True)
J=-np.sum(t*np.log(z))/N
dnet1=(z-t)/N
db1=dnet1.sum(axis=0)
dW1=dnet1.T@x
W1_new=W1-learning_rate*dW1
b1_new=b1-learning_rate*db1
""",
    "tanh-bce": """
N=len(x)
net1=x@W1.T+b1
h1=np.tanh(net1)
net2=h1@W2.T+b2
z=1/(1+np.exp(-net2))
J=-np.sum(t*np.log(z)+(1-t)*np.log(1-z))/N
dz=(z-t)/(z*(1-z))/N
dnet2=(z-t)/N
dW2=dnet2.T@h1
db2=dnet2.sum(axis=0)
dh1=dnet2@W2
dnet1=dh1*(1-h1**2)
dW1=dnet1.T@x
db1=dnet1.sum(axis=0)
W1_new=W1-learning_rate*dW1
b1_new=b1-learning_rate*db1
W2_new=W2-learning_rate*dW2
b2_new=b2-learning_rate*db2
""",
    "lstm-two-steps": """
sg=lambda a:1/(1+np.exp(-a))
net_i,net_f,net_o,net_g,i,f,o,g,c,h=([None]*2 for _ in range(10))
hp,cp=h0,c0
for s in range(2):
    net_i[s]=wi*x[s]+ui*hp+bi; net_f[s]=wf*x[s]+uf*hp+bf; net_o[s]=wo*x[s]+uo*hp+bo; net_g[s]=wg*x[s]+ug*hp+bg
    i[s],f[s],o[s],g[s]=sg(net_i[s]),sg(net_f[s]),sg(net_o[s]),np.tanh(net_g[s])
    c[s]=f[s]*cp+i[s]*g[s]
    h[s]=o[s]*np.tanh(c[s])
    hp,cp=h[s],c[s]
J=0.5*(h[1]-t)**2
dh,dc,df,dnet_f,dnet_i,dnet_o,dnet_g=([None]*2 for _ in range(7))
dh[1]=h[1]-t
dc[1]=dh[1]*o[1]*(1-np.tanh(c[1])**2)
df[1]=dc[1]*c[0]
dnet_f[1]=df[1]*f[1]*(1-f[1])
dnet_i[1]=dc[1]*g[1]*i[1]*(1-i[1]); dnet_g[1]=dc[1]*i[1]*(1-g[1]**2); dnet_o[1]=dh[1]*np.tanh(c[1])*o[1]*(1-o[1])
dh[0]=dnet_i[1]*ui+dnet_f[1]*uf+dnet_o[1]*uo+dnet_g[1]*ug
dc[0]=dh[0]*o[0]*(1-np.tanh(c[0])**2)+dc[1]*f[1]
dnet_f[0]=dc[0]*c0*f[0]*(1-f[0])
dbf=dnet_f[0]+dnet_f[1]
duf=dnet_f[0]*h0+dnet_f[1]*h[0]
dwf=dnet_f[0]*x[0]+dnet_f[1]*x[1]
""",
}

SHIPPED_BUGS = [  # the exercise, where it comes to light, the ids that name it, what is changed
    ("rnn-three-steps", "dJ/dh<2>", "transposed-weights", "dh[1]=Wh.T@dnet[2]", "dh[1]=Wh@dnet[2]"),
    ("rnn-three-steps", "dJ/dnet<3>", "derivative-at-activation", "(1-h[2]**2)", "(1-net[2]**2)"),
    (
        "rnn-three-steps",
        "dJ/dnet<2>",
        "missing-activation-derivative",
        "dnet[1]=dh[1]*(1-h[1]**2)",
        "dnet[1]=dh[1]",
    ),
    ("rnn-three-steps", "dJ/db", "missing-path one-step-only", "db=dnet[0]+dnet[1]+dnet[2]", "db=dnet[2]"),
    (
        "rnn-three-steps",
        "dJ/db",
        "mean-for-sum",
        "db=dnet[0]+dnet[1]+dnet[2]",
        "db=(dnet[0]+dnet[1]+dnet[2])/3",
    ),
    (
        "rnn-three-steps",
        "dJ/dWh",
        "transposed-outer-product transposed",
        "np.outer(dnet[0],h0)+np.outer(dnet[1],h[0])+np.outer(dnet[2],h[1])",
        "np.outer(h0,dnet[0])+np.outer(h[0],dnet[1])+np.outer(h[1],dnet[2])",
    ),
    (
        "rnn-three-steps",
        "dJ/dWh",
        "neighbour-taken",
        "np.outer(dnet[0],h0)+np.outer(dnet[1],h[0])+np.outer(dnet[2],h[1])",
        "np.outer(dnet[0],h[0])+np.outer(dnet[1],h[1])+np.outer(dnet[2],h[2])",
    ),
    (
        "rnn-three-steps",
        "h<1>",
        "changed-in-place",
        "    h[s]=np.tanh(net[s])\n",
        "    buf=np.empty(2) if s==0 else buf\n    buf[:]=np.tanh(net[s]); h[s]=buf\n",
    ),
    ("rnn-three-steps", "J", "missing-factor-two", "0.5*(z-t)**2", "(z-t)**2"),
    ("rnn-three-steps", "dJ/dz", "sign-flipped", "dz=z-t", "dz=t-z"),
    ("rnn-three-steps", "h<1>", "bias-omitted", "Wx@x[s]+Wh@hp+b", "Wx@x[s]+Wh@hp"),
    ("rnn-three-steps", "h<2>", "neighbour-taken", "hp=h[s]\n", "hp=h0\n"),
    ("rnn-three-steps", "Wh_new", "ascent-not-descent", "Wh-learning_rate", "Wh+learning_rate"),
    (
        "rnn-three-steps",
        "dJ/dh<1>",
        "neighbour-taken missing-activation-derivative",
        "dh[0]=Wh.T@dnet[1]",
        "dh[0]=Wh.T@dh[1]",
    ),
    ("conv-2d-max-pool", "net", "kernel-flipped", "X[i:i+2,j:j+2]*K)", "X[i:i+2,j:j+2]*K[::-1,::-1])"),
    ("conv-2d-max-pool", "P", "other-function", "net[i:i+2,j:j+2].max()", "net[i:i+2,j:j+2].mean()"),
    ("conv-2d-max-pool", "dJ/dnet", "nothing", "dnet[i+k[0],j+k[1]]+=dP[i,j]", "dnet[i+k[0],j+k[1]]=dP[i,j]"),
    (
        "conv-2d-max-pool",
        "dJ/dnet",
        "gradient-to-all",
        "        dnet[i+k[0],j+k[1]]+=dP[i,j]",
        "        dnet[i:i+2,j:j+2]+=dP[i,j]",
    ),
    (
        "conv-2d-max-pool",
        "dJ/dX",
        "kernel-flipped",
        "dX[i:i+2,j:j+2]+=dnet[i,j]*K",
        "dX[i:i+2,j:j+2]+=dnet[i,j]*K[::-1,::-1]",
    ),
    ("conv-2d-max-pool", "dJ/db", "mean-for-sum", "db=dnet.sum()", "db=dnet.mean()"),
    ("conv-2d-max-pool", "dJ/db", "summed-over-wrong-axis", "db=dnet.sum()", "db=dnet.sum(axis=0)"),
    ("conv-2d-max-pool", "net", "bias-omitted", "*K)+b", "*K)"),
    ("conv-2d-max-pool", "dJ/dP", "sign-flipped", "dP=P-T", "dP=T-P"),
    ("softmax-batch", "z", "wrong-axis", "e.sum(axis=1,keepdims=True)", "e.sum(axis=0,keepdims=True)"),
    ("softmax-batch", "dJ/dnet1", "missing-one-over-n", "(z-t)/N", "(z-t)"),
    ("softmax-batch", "dJ/dnet1", "labels-off-by-one", "(z-t)/N", "(z-np.roll(t,1,axis=1))/N"),
    ("softmax-batch", "dJ/db1", "summed-over-wrong-axis", "db1=dnet1.sum(axis=0)", "db1=dnet1.sum(axis=1)"),
    (
        "softmax-batch",
        "z",
        "decimals-cut",
        "z=e/e.sum(axis=1,keepdims=True)",
        "z=np.zeros_like(t,dtype=int); z[:]=e/e.sum(axis=1,keepdims=True)",
    ),
    (
        "softmax-batch",
        "J",
        "averaged-over-outputs one-over-n-twice",
        "J=-np.sum(t*np.log(z))/N",
        "J=-np.mean(t*np.log(z))",
    ),
    ("softmax-batch", "z", "changed-in-place", "dnet1=(z-t)/N", "dnet1=z; dnet1-=t; dnet1/=N"),
    ("tanh-bce", "dJ/dnet1", "derivative-at-activation", "(1-h1**2)", "(1-net1**2)"),
    ("tanh-bce", "dJ/dnet1", "squared", "(1-h1**2)", "(1-h1)**2"),
    ("tanh-bce", "dJ/dnet2", "derivative-twice", "dnet2=(z-t)/N", "dnet2=(z-t)*z*(1-z)/N"),
    ("tanh-bce", "dJ/db2", "mean-for-sum", "db2=dnet2.sum(axis=0)", "db2=dnet2.mean(axis=0)"),
    (
        "lstm-two-steps",
        "dJ/dc<1>",
        "missing-path",
        "dc[0]=dh[0]*o[0]*(1-np.tanh(c[0])**2)+dc[1]*f[1]",
        "dc[0]=dh[0]*o[0]*(1-np.tanh(c[0])**2)",
    ),
    (
        "lstm-two-steps",
        "dJ/dc<2>",
        "missing-activation-derivative",
        "dc[1]=dh[1]*o[1]*(1-np.tanh(c[1])**2)",
        "dc[1]=dh[1]*o[1]",
    ),
    (
        "lstm-two-steps",
        "dJ/dc<2>",
        "derivative-at-activation",
        "dc[1]=dh[1]*o[1]*(1-np.tanh(c[1])**2)",
        "dc[1]=dh[1]*o[1]*(1-c[1]**2)",
    ),
    (
        "lstm-two-steps",
        "dJ/dnet_f<2>",
        "other-function",
        "dnet_f[1]=df[1]*f[1]*(1-f[1])",
        "dnet_f[1]=df[1]*(1-f[1]**2)",
    ),
    ("lstm-two-steps", "dJ/df<2>", "neighbour-taken", "df[1]=dc[1]*c[0]", "df[1]=dc[1]*c[1]"),
    ("lstm-two-steps", "c<1>", "factor-dropped", "c[s]=f[s]*cp+i[s]*g[s]", "c[s]=f[s]*cp+g[s]"),
    (
        "lstm-two-steps",
        "h<1>",
        "function-dropped activation-not-applied",
        "h[s]=o[s]*np.tanh(c[s])",
        "h[s]=o[s]*c[s]",
    ),
]
